-- por region
-- puede faltar: funciones_transferidas
-- Registrations in process (in force or suspended) at the end of each month, and how many of them had their location checked by
-- then. Dates are taken to their month's end, which changes nothing at a month's end and lets equal registrations be counted together.
--   es_competencia_gr   whether formalisation (F07) was the regional government's at the end of the month
WITH grupos AS (
    SELECT
        i.cod_region,
        i.provincia,
        i.estrato,
        i.mineral,
        greatest(last_day(i.desde), :inicio) AS desde,
        last_day(i.validada) AS validada,
        last_day(i.salida) AS salida,
        count(*) AS casos
    FROM v_inscripciones AS i
    GROUP BY ALL
),
sumas AS (
    SELECT
        x.cod_region,
        x.provincia,
        x.estrato,
        x.mineral,
        c.fecha AS corte,
        CAST(sum(x.casos) AS BIGINT) AS en_proceso,
        CAST(sum(CASE WHEN x.validada <= c.fecha THEN x.casos ELSE 0 END) AS BIGINT) AS validadas
    FROM grupos AS x
    INNER JOIN v_cortes AS c ON x.desde <= c.fecha AND c.fecha < x.salida
    GROUP BY ALL
)
SELECT
    coalesce(s.provincia, s.cod_region) AS territorio,
    s.provincia,
    s.estrato,
    s.mineral,
    s.corte,
    s.en_proceso,
    s.validadas,
    EXISTS (
        SELECT 1 FROM v_competencia_formalizacion AS g WHERE g.cod_region = s.cod_region AND s.corte BETWEEN g.desde AND g.hasta
    ) AS es_competencia_gr
FROM sumas AS s
