{# The SQL functions of the protector. They lie in the schema of the variable `protector_schema`, else on the search path. #}

{% macro protect(column, element) %}
  {{- protector.function_name('protect', element) }}({{ column }})
{%- endmacro %}

{% macro unprotect(column, element) %}
  {{- protector.function_name('unprotect', element) }}({{ column }})
{%- endmacro %}

{# NULL for a value that protect takes, else the reason. #}
{% macro check(column, element) %}
  {{- protector.function_name('check', element) }}({{ column }})
{%- endmacro %}

{# Warehouses fold names that are not quoted, and the protector finds elements in any case of ASCII letters. #}
{% macro function_name(operation, element) %}
  {{- protector.in_schema('pty_' ~ operation ~ '_' ~ (element | lower)) }}
{%- endmacro %}

{% macro in_schema(name) %}
  {%- set schema = var('protector_schema', none) -%}
  {{- (schema ~ '.' if schema else '') ~ name }}
{%- endmacro %}
