-- Case files with the procedure in force at entry: everything about them that needs no cut-off date.
--   fecha_fin          notification; the resolution only where no notification is on record
--   plazo              deadline in force at entry, in days of `tipo_dia`; the reference one where none was read in a norm
--   es_competencia_gr  whether the authority that holds the case is the regional government's own office (competent at entry)
SELECT
    coalesce(t.ubigeo, t.cod_region) AS territorio,
    left(t.ubigeo, 4) AS provincia,
    t.expediente_id,
    t.cod_procedimiento,
    p.familia,
    t.estrato,
    t.sexo_solicitante,
    t.estado,
    t.sentido,
    t.n_observaciones,
    t.fecha_ingreso,
    coalesce(t.fecha_notificacion, t.fecha_resolucion) AS fecha_fin,
    p.tipo_dia,
    coalesce(p.plazo_dias, p.plazo_referencia_dias) AS plazo,
    p.plazo_dias IS NOT NULL AS plazo_es_legal,
    ci.n_habil AS habil_ingreso,
    cf.n_habil AS habil_fin,
    t.autoridad NOT IN ('DGFM', 'DGM', 'INGEMMET') AS es_competencia_gr
FROM tramites AS t
INNER JOIN ref_procedimientos AS p
    ON p.cod_procedimiento = t.cod_procedimiento
    AND t.fecha_ingreso BETWEEN p.vigente_desde AND coalesce(p.vigente_hasta, DATE '9999-12-31')
INNER JOIN ref_calendario AS ci ON ci.fecha = t.fecha_ingreso
LEFT JOIN ref_calendario AS cf ON cf.fecha = coalesce(t.fecha_notificacion, t.fecha_resolucion)
