-- por region
-- PLANEFA: the regular supervisions a region planned for a quarter, and the planned ones it made, as rows of the same fact. The plan
-- is dated the first day of its quarter. The plan has no subject matter, so its execution cannot be told apart by one.
--   con_informe    a supervision counts as made only with its report, and reports dated after the cut are not there yet
--   informe_por_venir  made in the last 45 days without a report so far: reports take up to 45 days (ours, to be agreed)
-- Supervisions of a quarter whose plan was not delivered are left out: there is nothing to compare them with.
SELECT
    p.cod_region AS territorio,
    make_date(p.anio, p.trimestre * 3 - 2, 1) AS fecha,
    p.programado,
    FALSE AS con_informe,
    FALSE AS informe_por_venir
FROM planefa AS p
WHERE p.tipo_accion = 'supervision_regular'
UNION ALL
SELECT
    s.cod_region AS territorio,
    s.fecha,
    0 AS programado,
    coalesce(s.fecha_informe <= :corte, FALSE) AS con_informe,
    coalesce(s.fecha_informe > :corte, TRUE) AND date_diff('day', s.fecha, :corte) <= 45 AS informe_por_venir
FROM supervisiones AS s
INNER JOIN planefa AS p
    ON p.cod_region = s.cod_region AND p.anio = year(s.fecha) AND p.trimestre = quarter(s.fecha) AND p.tipo_accion = 'supervision_regular'
WHERE s.tipo = 'regular' AND s.programada
