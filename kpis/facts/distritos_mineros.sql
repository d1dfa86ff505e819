-- por region
-- Districts with a registration of the formalisation register made until the end of each year, and whether a unit of theirs was
-- surveyed in the 36 months before. A district stays a mining one although its registrations were cancelled.
WITH distritos AS (
    SELECT i.cod_region, i.ubigeo, min(i.fecha_inscripcion) AS desde FROM formalizacion AS i GROUP BY i.cod_region, i.ubigeo
),
encuestas AS (
    SELECT DISTINCT u.cod_region, u.ubigeo, u.fecha_encuesta FROM lb_unidades AS u
)
SELECT
    d.ubigeo AS territorio,
    left(d.ubigeo, 4) AS provincia,
    c.fecha AS corte,
    EXISTS (
        SELECT 1 FROM encuestas AS e
        WHERE e.cod_region = d.cod_region AND e.ubigeo = d.ubigeo AND e.fecha_encuesta <= c.fecha AND e.fecha_encuesta > c.fecha - INTERVAL 36 MONTH
    ) AS con_linea_base
FROM distritos AS d
INNER JOIN v_cortes AS c ON d.desde <= c.fecha
WHERE month(c.fecha) = 12
