-- por region
-- Turnover of directors in the 24 months up to each quarter's end: a row for each quarter in which the post was reported, and one for
-- each director who took office in them. The office names no one: a director is known by the date he or she took office.
--   es_nuevo     the row is a director who took office within the 24 months, and was in post at the end of some quarter
--   observados   quarters of the 24 months with the post reported, filled or vacant; eight make them complete
WITH informados AS (
    SELECT DISTINCT q.cod_region, q.fecha_corte FROM personal_drem AS q WHERE q.es_director
),
directores AS (
    SELECT
        d.cod_region,
        d.fecha_inicio,
        min(d.fecha_corte) AS primer_corte
    FROM personal_drem AS d
    WHERE d.es_director AND d.ocupada AND d.fecha_inicio IS NOT NULL
    GROUP BY d.cod_region, d.fecha_inicio
),
filas AS (
    SELECT
        i.cod_region,
        t.fecha,
        FALSE AS es_nuevo
    FROM informados AS i
    INNER JOIN v_trimestres AS t ON i.fecha_corte > t.fecha - INTERVAL 24 MONTH AND i.fecha_corte <= t.fecha
    UNION ALL
    SELECT
        d.cod_region,
        t.fecha,
        TRUE AS es_nuevo
    FROM directores AS d
    INNER JOIN v_trimestres AS t ON d.fecha_inicio > t.fecha - INTERVAL 24 MONTH AND d.primer_corte <= t.fecha
),
observados AS (
    SELECT
        f.cod_region,
        f.fecha,
        count(*) FILTER (WHERE NOT f.es_nuevo) AS observados
    FROM filas AS f
    GROUP BY f.cod_region, f.fecha
)
SELECT
    f.cod_region AS territorio,
    f.fecha AS corte,
    f.es_nuevo,
    o.observados
FROM filas AS f
INNER JOIN observados AS o ON o.cod_region = f.cod_region AND o.fecha = f.fecha
