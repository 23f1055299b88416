-- What its reader may see, where the warehouse has no masking policies.
{{ config(materialized='view', enabled=target.type != 'snowflake') }}
select
    {{ protector.unprotect_columns('people') }}
from {{ ref('people') }}
