{#
  A post-hook. On Snowflake it puts the masking policies of `protector ddl snowflake` on the model's columns; elsewhere it
  does nothing, and a view with `unprotect_columns` takes its place.
#}
{% macro attach_masks() %}
  {{- adapter.dispatch('attach_masks', 'protector')(this, protector.columns_of(model)) -}}
{% endmacro %}

{% macro default__attach_masks(relation, columns) %}{% endmacro %}

{% macro snowflake__attach_masks(relation, columns) %}
  {%- for column in columns if column.element -%}
    alter table {{ relation }} modify column {{ column.name }}
  set masking policy {{ protector.in_schema('protector_' ~ column.element) }};
  {% endfor -%}
{% endmacro %}
