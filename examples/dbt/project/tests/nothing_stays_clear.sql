-- A value of the source that the model still holds in clear.
select source.id
from {{ source('staging', 'people') }} as source
join {{ ref('people') }} as model using (id)
where source.name = model.name or source.ssn = model.ssn or source.card = model.card
