-- por region
-- puede faltar: funciones_transferidas
-- The registrations in process at the end of each quarter that lack a requirement, by the first one they lack in the order of the
-- chain. A requirement is the first that lacks from the day on which the last of those before it was approved until its own approval.
--   anteriores          when the last requirement before this one was approved; never, where one of them is not
--   requisito_relacion  the requirement and the relation with the mining right
--   es_competencia_gr   whether formalisation (F07) was the regional government's at the end of the quarter
WITH exigidos AS (
    SELECT
        r.inscripcion_id,
        r.cod_region,
        r.requisito,
        r.orden,
        CASE WHEN r.estado = 'aprobado' THEN coalesce(r.fecha_resolucion, DATE '9999-12-31') ELSE DATE '9999-12-31' END AS aprobado
    FROM formalizacion_requisitos AS r
    WHERE r.estado <> 'no_aplica'
),
cadena AS (
    SELECT
        e.inscripcion_id,
        e.cod_region,
        e.requisito,
        e.aprobado,
        coalesce(
            max(e.aprobado) OVER (PARTITION BY e.inscripcion_id ORDER BY e.orden, e.requisito ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            DATE '1900-01-01'
        ) AS anteriores
    FROM exigidos AS e
),
grupos AS (
    SELECT
        i.cod_region,
        k.requisito,
        i.relacion_derecho,
        greatest(last_day(i.desde), last_day(k.anteriores), :inicio) AS desde,
        least(last_day(i.salida), last_day(k.aprobado)) AS hasta,
        count(*) AS casos
    FROM cadena AS k
    INNER JOIN v_inscripciones AS i ON i.inscripcion_id = k.inscripcion_id AND i.cod_region = k.cod_region
    WHERE k.anteriores < least(k.aprobado, i.salida)
    GROUP BY ALL
),
sumas AS (
    SELECT
        x.cod_region,
        x.requisito,
        x.relacion_derecho,
        c.fecha AS corte,
        CAST(sum(x.casos) AS BIGINT) AS casos
    FROM grupos AS x
    INNER JOIN v_trimestres AS c ON x.desde <= c.fecha AND c.fecha < x.hasta
    GROUP BY ALL
)
SELECT
    s.cod_region AS territorio,
    s.requisito,
    s.requisito || '-' || s.relacion_derecho AS requisito_relacion,
    s.corte,
    s.casos,
    EXISTS (
        SELECT 1 FROM v_competencia_formalizacion AS g WHERE g.cod_region = s.cod_region AND s.corte BETWEEN g.desde AND g.hasta
    ) AS es_competencia_gr
FROM sumas AS s
