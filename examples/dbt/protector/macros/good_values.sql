{# A data test of a column that is to be protected: fails for each reason why the element does not take a value. #}
{% test good_values(model, column_name, element) %}
select {{ protector.check(column_name, element) }} as reason, count(*) as bad_values
from {{ model }}
where {{ protector.check(column_name, element) }} is not null
group by 1
{% endtest %}
