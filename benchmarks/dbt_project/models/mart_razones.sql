WITH sumas AS (
    SELECT
        {{ columna_territorio('nivel') }} AS territorio,
        tiempo.tipo_periodo,
        tiempo.periodo,
        {%- for nombre, _ in totales() %}
        sum({{ nombre }}) AS {{ nombre }}{{ ',' if not loop.last }}
        {%- endfor %}
    FROM {{ ref('int_conteos') }}
    CROSS JOIN (VALUES ('region'), ('piloto'), ('pais')) AS niveles (nivel)
    CROSS JOIN LATERAL (
        VALUES {% for tipo, codigo in periodos() %}('{{ tipo }}', {{ codigo }}){{ ', ' if not loop.last }}{% endfor %}
    ) AS tiempo (tipo_periodo, periodo)
    WHERE nivel <> 'piloto' OR cod_region IN ({{ pilotos() }})
    GROUP BY ALL
)
{%- for id, numerador, denominador in razones() %}
SELECT '{{ id }}' AS indicador, territorio, tipo_periodo, periodo, {{ numerador }} AS numerador, {{ denominador }} AS denominador,
    {{ numerador }} / nullif({{ denominador }}, 0) AS valor
FROM sumas{{ ' UNION ALL' if not loop.last }}
{%- endfor %}
