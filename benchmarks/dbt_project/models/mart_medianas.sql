WITH medianas AS (
{%- for nivel in ['region', 'piloto', 'pais'] %}{% set fuera = loop.last %}
{%- for tipo, codigo in periodos() %}
SELECT
    {{ columna_territorio("'" ~ nivel ~ "'") }} AS territorio,
    '{{ tipo }}' AS tipo_periodo,
    {{ codigo }} AS periodo,
    {%- for columna in medianas() %}
    quantile_cont({{ columna }}, 0.5) AS {{ columna }},
    count({{ columna }}) AS n_{{ columna }}{{ ',' if not loop.last }}
    {%- endfor %}
FROM {{ ref('stg_tramites') }}
{%- if nivel == 'piloto' %}
WHERE cod_region IN ({{ pilotos() }})
{%- endif %}
GROUP BY ALL{{ ' UNION ALL' if not (loop.last and fuera) }}
{%- endfor %}
{%- endfor %}
)
{%- for columna in medianas() %}
SELECT 'mediana_{{ columna }}' AS indicador, territorio, tipo_periodo, periodo, {{ columna }} AS valor, n_{{ columna }} AS n
FROM medianas{{ ' UNION ALL' if not loop.last }}
{%- endfor %}
