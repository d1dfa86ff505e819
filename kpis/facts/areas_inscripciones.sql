-- por region
-- Registrations made until the end of each year, not cancelled by then, by the status of their area in the annual declaration (DAC)
-- that the register used. It says on what ground miners work, whoever is competent: there is no rule of competence here.
WITH grupos AS (
    SELECT
        i.cod_region,
        i.provincia,
        i.estrato,
        i.situacion_area,
        greatest(last_day(i.desde), :inicio) AS desde,
        last_day(i.baja) AS baja,
        count(*) AS casos
    FROM v_inscripciones AS i
    GROUP BY ALL
)
SELECT
    coalesce(x.provincia, x.cod_region) AS territorio,
    x.provincia,
    x.estrato,
    x.situacion_area,
    c.fecha AS corte,
    CAST(sum(x.casos) AS BIGINT) AS casos
FROM grupos AS x
INNER JOIN v_cortes AS c ON x.desde <= c.fecha AND c.fecha < x.baja
WHERE month(c.fecha) = 12
GROUP BY ALL
