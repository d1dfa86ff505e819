-- PPM and PMA accreditations with the day on which each is judged: 30 days after it expired, so that none is lost at a period's
-- end. It is renewed in time when its holder has a later one issued until that day, in whatever region.
SELECT
    coalesce(a.ubigeo, a.cod_region) AS territorio,
    a.constancia_id,
    a.calificacion,
    a.sexo,
    a.tipo_mineria,
    a.fecha_vencimiento,
    a.fecha_vencimiento + 30 AS fecha_juicio,
    coalesce(s.ultima_emision > a.fecha_emision, FALSE) AS renovada
FROM productores AS a
LEFT JOIN (
    SELECT x.constancia_id, max(b.fecha_emision) AS ultima_emision
    FROM productores AS x
    INNER JOIN productores AS b ON b.productor_hash = x.productor_hash AND b.fecha_emision <= x.fecha_vencimiento + 30
    GROUP BY x.constancia_id
) AS s ON s.constancia_id = a.constancia_id
