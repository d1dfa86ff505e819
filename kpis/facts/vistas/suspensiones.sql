-- Steps in the applicant's hands: the only time that stops the clock. Each with its business-day numbers; the end is null while it lasts.
SELECT
    e.expediente_id,
    e.fecha_inicio,
    e.fecha_fin,
    ci.n_habil AS habil_inicio,
    cf.n_habil AS habil_fin
FROM tramite_etapas AS e
INNER JOIN ref_calendario AS ci ON ci.fecha = e.fecha_inicio
LEFT JOIN ref_calendario AS cf ON cf.fecha = e.fecha_fin
WHERE e.responsable = 'administrado'
