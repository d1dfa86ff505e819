-- Spending of each budget line and year. Figures of the source are cumulative from January, so December's spending is a difference.
--   ultimo          the last cumulative figure known of the year
--   falta_cierre    December is known for the region and not for this line: a cumulative line does not vanish, its row was held back
--   comparable      December and November are both known, or the line was opened in December
--   es_gestion_minera  function «mining» of the budget classifier, or programme 0126 (formalisation)
WITH lineas AS (
    SELECT
        p.cod_region,
        p.anio,
        p.programa,
        p.rubro,
        p.generica,
        bool_or(p.es_mineria) AS es_mineria,
        min(p.mes) AS primer_mes,
        arg_max(p.devengado, p.mes) AS ultimo,
        max(p.devengado) FILTER (WHERE p.mes = 12) AS a_diciembre,
        max(p.devengado) FILTER (WHERE p.mes = 11) AS a_noviembre
    FROM presupuesto AS p
    GROUP BY p.cod_region, p.anio, p.programa, p.rubro, p.generica
),
cerrados AS (
    SELECT DISTINCT d.cod_region, d.anio FROM presupuesto AS d WHERE d.mes = 12
)
SELECT
    l.cod_region,
    l.anio,
    l.programa,
    l.rubro,
    l.generica,
    l.es_mineria OR l.programa = '0126' AS es_gestion_minera,
    l.ultimo,
    l.a_diciembre,
    l.a_diciembre - coalesce(l.a_noviembre, 0) AS en_diciembre,
    l.a_diciembre IS NULL AS falta_cierre,
    l.a_diciembre IS NOT NULL AND (l.a_noviembre IS NOT NULL OR l.primer_mes = 12) AS comparable
FROM lineas AS l
INNER JOIN cerrados AS c ON c.cod_region = l.cod_region AND c.anio = l.anio
