-- por region
-- puede faltar: funciones_transferidas
-- Requirements demanded of the registrations that are in process or formalised at the end of each quarter, and those approved by
-- then. A requirement that does not apply is not demanded; one filed, observed or denied is not approved. Only an approval with its
-- date counts.
--   requisito_sexo, requisito_estrato   a requirement and a group: the funnel of women, of artisanal producers
--   es_competencia_gr   whether formalisation (F07) was the regional government's at the end of the quarter
WITH grupos AS (
    SELECT
        i.cod_region,
        r.requisito,
        i.sexo,
        i.estrato,
        greatest(last_day(i.desde), :inicio) AS desde,
        last_day(i.fuera) AS hasta,
        last_day(CASE WHEN r.estado = 'aprobado' THEN coalesce(r.fecha_resolucion, DATE '9999-12-31') ELSE DATE '9999-12-31' END) AS aprobado,
        count(*) AS casos
    FROM formalizacion_requisitos AS r
    INNER JOIN v_inscripciones AS i ON i.inscripcion_id = r.inscripcion_id AND i.cod_region = r.cod_region
    WHERE r.estado <> 'no_aplica'
    GROUP BY ALL
),
sumas AS (
    SELECT
        x.cod_region,
        x.requisito,
        x.sexo,
        x.estrato,
        c.fecha AS corte,
        CAST(sum(x.casos) AS BIGINT) AS exigidos,
        CAST(sum(CASE WHEN x.aprobado <= c.fecha THEN x.casos ELSE 0 END) AS BIGINT) AS aprobados
    FROM grupos AS x
    INNER JOIN v_trimestres AS c ON x.desde <= c.fecha AND c.fecha < x.hasta
    GROUP BY ALL
)
SELECT
    s.cod_region AS territorio,
    s.requisito,
    s.requisito || '-' || s.sexo AS requisito_sexo,
    s.requisito || '-' || s.estrato AS requisito_estrato,
    s.corte,
    s.exigidos,
    s.aprobados,
    EXISTS (
        SELECT 1 FROM v_competencia_formalizacion AS g WHERE g.cod_region = s.cod_region AND s.corte BETWEEN g.desde AND g.hasta
    ) AS es_competencia_gr
FROM sumas AS s
