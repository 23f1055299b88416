-- Tokens for every column whose meta names an element; the others as they are.
select
    {{ protector.protect_columns() }}
from {{ source('staging', 'people') }}
