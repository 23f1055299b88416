{# Which columns of a model hold which element: `meta: { protector: { element: deSSN } }` of the column says it. #}

{# The columns of a node, in the order in which they are declared: name and element, which is none for a column in clear. #}
{% macro columns_of(node) %}
  {%- set columns = [] -%}
  {%- for column in node.columns.values() -%}
    {%- set meta = (column.get('config') or {}).get('meta') or column.get('meta') or {} -%}
    {%- do columns.append({'name': column.name, 'element': (meta.get('protector') or {}).get('element')}) -%}
  {%- endfor -%}
  {{ return(columns) }}
{% endmacro %}

{# The columns of another model of the project. Known when SQL is run, not when it is parsed. #}
{% macro columns_of_model(name) %}
  {%- if not execute -%}{{ return([]) }}{%- endif -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == name -%}
    {{ return(protector.columns_of(node)) }}
  {%- endfor -%}
  {{ exceptions.raise_compiler_error('There is no model ' ~ name ~ ' whose columns could be shown') }}
{% endmacro %}

{# The select list of the current model: its columns, protected where an element is declared. #}
{% macro protect_columns() %}
  {%- set columns = protector.columns_of(model) -%}
  {%- if execute and columns | length == 0 -%}
    {{ exceptions.raise_compiler_error('Declare the columns of ' ~ model.name ~ ' in a .yml file: protect_columns() selects those') }}
  {%- endif -%}
  {%- for column in columns -%}
    {%- if column.element %}{{ protector.protect(column.name, column.element) }} as {% endif %}{{ column.name }}
    {%- if not loop.last %},
    {% endif %}
  {%- endfor -%}
{% endmacro %}

{# The select list of a view over the model `name`: what its reader may see. #}
{% macro unprotect_columns(name) %}
  {%- for column in protector.columns_of_model(name) -%}
    {%- if column.element %}{{ protector.unprotect(column.name, column.element) }} as {% endif %}{{ column.name }}
    {%- if not loop.last %},
    {% endif %}
  {%- else -%}
    *
  {%- endfor -%}
{% endmacro %}
