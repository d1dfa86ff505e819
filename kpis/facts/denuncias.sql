-- por region
-- Environmental complaints by the day on which their 30 days end: all that were received count then, attended or not.
SELECT
    coalesce(d.ubigeo, d.cod_region) AS territorio,
    left(d.ubigeo, 4) AS provincia,
    d.materia,
    d.fecha_recepcion,
    CAST(d.fecha_recepcion + INTERVAL 30 DAY AS DATE) AS fecha_30_dias,
    coalesce(d.fecha_primera_accion <= d.fecha_recepcion + INTERVAL 30 DAY, FALSE) AS atendida_en_30_dias
FROM denuncias AS d
