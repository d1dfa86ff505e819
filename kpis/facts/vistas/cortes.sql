-- The ends of the months delivered: the dates as of which stocks are counted, each with its number of business days.
SELECT
    k.fecha,
    k.n_habil
FROM ref_calendario AS k
WHERE k.fecha BETWEEN :inicio AND :corte AND k.fecha = last_day(k.fecha)
