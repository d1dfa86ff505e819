-- por region
-- Events with their attendance. Attendances are counted, not distinct people: whoever goes to three workshops adds three.
SELECT
    coalesce(e.ubigeo, e.cod_region) AS territorio,
    left(e.ubigeo, 4) AS provincia,
    e.evento_id,
    e.fecha,
    e.tipo,
    e.organizador,
    e.asistentes_h,
    e.asistentes_m,
    e.asistentes_nd
FROM eventos AS e
