-- por region
-- Legal gaps identified and not dismissed by the end of each half-year.
--   atendido  a norm is under way or solves it. The register does not say since when it is under way: the date of its proposal is taken, of
--             solved gaps too, so that both are counted alike at every date
SELECT
    x.cod_region AS territorio,
    c.fecha AS corte,
    x.tipo,
    x.prioridad,
    x.funcion_id AS funcion,
    x.estado IN ('en_tramite_normativo', 'resuelto') AND coalesce(x.fecha_propuesta, x.fecha_cierre, x.fecha_identificacion) <= c.fecha AS atendido
FROM vacios_normativos AS x
INNER JOIN v_cortes AS c ON x.fecha_identificacion <= c.fecha AND month(c.fecha) IN (6, 12)
WHERE NOT (x.estado = 'descartado' AND coalesce(x.fecha_cierre, x.fecha_identificacion) <= c.fecha)
