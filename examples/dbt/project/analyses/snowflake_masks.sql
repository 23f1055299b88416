-- What the post-hook does on Snowflake, to be read before it runs there.
{{ protector.snowflake__attach_masks('crm.public.people', protector.columns_of_model('people')) }}
