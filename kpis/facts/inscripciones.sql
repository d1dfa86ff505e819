-- por region
-- puede faltar: funciones_transferidas
-- Registrations in the register at the end of each quarter, and how many of them were formalised by then. Dates are taken to
-- their month's end, which changes nothing at a month's end and lets equal registrations be counted together.
--   cohorte             year of registration
--   entidad             who was competent when it was registered: a formalisation counts for the entity that received the case
--   es_competencia_gr   whether formalisation (F07) was the regional government's at the end of the quarter
WITH recibidas AS (
    SELECT
        i.cod_region, i.provincia, i.tipo_persona, i.sexo, i.estrato, i.mineral, i.desde, i.formalizada, i.baja,
        EXISTS (
            SELECT 1 FROM v_competencia_formalizacion AS g WHERE g.cod_region = i.cod_region AND i.desde BETWEEN g.desde AND g.hasta
        ) AS por_gr
    FROM v_inscripciones AS i
),
grupos AS (
    SELECT
        r.cod_region,
        r.provincia,
        r.tipo_persona,
        r.sexo,
        r.estrato,
        r.mineral,
        CAST(year(r.desde) AS VARCHAR) AS cohorte,
        CASE WHEN r.por_gr THEN 'GR' ELSE 'MINEM' END AS entidad,
        greatest(last_day(r.desde), :inicio) AS desde,
        last_day(r.formalizada) AS formalizada,
        last_day(r.baja) AS baja,
        count(*) AS casos
    FROM recibidas AS r
    GROUP BY ALL
),
sumas AS (
    SELECT
        x.cod_region,
        x.provincia,
        x.tipo_persona,
        x.sexo,
        x.estrato,
        x.mineral,
        x.cohorte,
        x.entidad,
        c.fecha AS corte,
        CAST(sum(x.casos) AS BIGINT) AS inscripciones,
        CAST(sum(CASE WHEN x.formalizada <= c.fecha THEN x.casos ELSE 0 END) AS BIGINT) AS formalizadas
    FROM grupos AS x
    INNER JOIN v_trimestres AS c ON x.desde <= c.fecha AND c.fecha < x.baja
    GROUP BY ALL
)
SELECT
    coalesce(s.provincia, s.cod_region) AS territorio,
    s.provincia,
    s.tipo_persona,
    s.sexo,
    s.estrato,
    s.mineral,
    s.cohorte,
    s.entidad,
    s.corte,
    s.inscripciones,
    s.formalizadas,
    EXISTS (
        SELECT 1 FROM v_competencia_formalizacion AS g WHERE g.cod_region = s.cod_region AND s.corte BETWEEN g.desde AND g.hasta
    ) AS es_competencia_gr
FROM sumas AS s
