{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='entrega') }}
{%- set archivos = archivos_nuevos() %}
{%- if archivos or not is_incremental() %}
SELECT
    * EXCLUDE (filename),
    CAST(date_trunc('month', fecha_ingreso) AS DATE) AS mes,
    cod_region || '/' || split_part(parse_filename(filename), '_', 3) AS entrega,
    filename AS archivo
FROM read_csv(
    {{ archivos | list if archivos else [env_var('REFRESCO_ENTRADA') ~ '/tramites_*.csv'] }},
    header = true, auto_detect = false, delim = ',', quote = '"', filename = true, columns = {{ columnas() }}
)
WHERE NOT coalesce({{ faltas() | join(', FALSE) AND NOT coalesce(') }}, FALSE)
{%- else %}
SELECT * FROM {{ this }} WHERE FALSE
{%- endif %}
