{% macro columna_territorio(nivel) -%}
CASE {{ nivel }} WHEN 'region' THEN cod_region WHEN 'piloto' THEN 'PILOTO' ELSE '00' END
{%- endmacro %}
