-- por region
-- Spending on mining management and cases ended, by region and closed year. A region enters with both or not at all. Amounts are added
-- as decimals: floats add up to another last digit each time, in the order in which the engine's threads come.
--   devengado          the year's spending; where December's row of a line was held back, its last cumulative figure known (hay_estimado)
--   tramites           cases notified (or decided, in its absence) in the year by the region's own office
--   es_competencia_gr  the region's office ended some: where all were MINEM's there is no cost of the region
WITH gasto AS (
    SELECT
        g.cod_region,
        g.anio,
        CAST(sum(CAST(g.ultimo AS DECIMAL(38, 4))) AS DOUBLE) AS devengado,
        bool_or(g.falta_cierre) AS hay_estimado
    FROM v_gasto_lineas AS g
    WHERE g.es_gestion_minera
    GROUP BY g.cod_region, g.anio
),
terminados AS (
    SELECT
        t.cod_region,
        year(coalesce(t.fecha_notificacion, t.fecha_resolucion)) AS anio,
        count(*) FILTER (WHERE t.autoridad NOT IN ('DGFM', 'DGM', 'INGEMMET')) AS tramites
    FROM tramites AS t
    INNER JOIN ref_procedimientos AS p
        ON p.cod_procedimiento = t.cod_procedimiento
        AND t.fecha_ingreso BETWEEN p.vigente_desde AND coalesce(p.vigente_hasta, DATE '9999-12-31')
    WHERE coalesce(t.fecha_notificacion, t.fecha_resolucion) <= :corte
    GROUP BY t.cod_region, year(coalesce(t.fecha_notificacion, t.fecha_resolucion))
)
SELECT
    g.cod_region AS territorio,
    make_date(g.anio, 12, 31) AS fecha,
    g.devengado,
    g.hay_estimado,
    e.tramites,
    e.tramites > 0 AS es_competencia_gr
FROM gasto AS g
INNER JOIN terminados AS e ON e.cod_region = g.cod_region AND e.anio = g.anio
