{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='lugar') }}
SELECT
    cod_region || '/' || mes AS lugar,
    cod_region,
    mes,
    {%- for nombre, suma in totales() %}
    CAST({{ suma }} AS DOUBLE) AS {{ nombre }},
    {%- endfor %}
    max(archivo) AS archivo
FROM {{ ref('stg_tramites') }}
{%- if is_incremental() %}
WHERE (cod_region, mes) IN (
    SELECT (cod_region, mes) FROM {{ ref('stg_tramites') }}
    WHERE archivo NOT IN (SELECT archivo FROM {{ this }}) GROUP BY ALL
)
{%- endif %}
GROUP BY cod_region, mes
