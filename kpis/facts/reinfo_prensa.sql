-- REINFO registrations as printed. Texts that are no period of ours (undated, several months) stay in the accepted table and
-- enter no series. Where two publications give the same place, period and status, one row stands for both: it says whether
-- they agree, and a disagreement is not settled here.
SELECT
    r.cod_region AS territorio,
    r.periodo,
    r.estado,
    max(r.inscripciones) AS inscripciones,
    min(r.inscripciones) <> max(r.inscripciones) AS fuentes_discrepan,
    bool_or(r.metodo = 'derivado_porcentaje_por_total') AS es_derivado
FROM reinfo_prensa AS r
WHERE r.periodo IS NOT NULL
GROUP BY r.cod_region, r.periodo, r.estado
