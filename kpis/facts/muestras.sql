-- por region
-- Laboratory results compared with the limit in force on the day of sampling, in its own unit. Simple samples only: duplicates and
-- blanks test the laboratory, not the river.
--   excede       empty where the result proves neither: «less than» a detection limit above the norm, or «more than» a range below it
--   epoca        rains from December to April, dry season from May to November (by month, the same for the whole country)
SELECT
    coalesce(p.ubigeo, m.cod_region) AS territorio,
    left(p.ubigeo, 4) AS provincia,
    m.punto_id,
    m.fecha_muestreo,
    m.parametro,
    p.matriz,
    p.categoria,
    r.norma,
    CASE WHEN month(m.fecha_muestreo) IN (12, 1, 2, 3, 4) THEN 'lluvias' ELSE 'estiaje' END AS epoca,
    m.laboratorio_acreditado,
    CASE
        WHEN r.sentido = 'max' AND m.signo = '<' THEN CASE WHEN m.limite_deteccion > r.limite THEN NULL ELSE FALSE END
        WHEN r.sentido = 'max' AND m.signo = '>' THEN CASE WHEN m.valor >= r.limite THEN TRUE END
        WHEN r.sentido = 'max' THEN m.valor > r.limite
        WHEN r.sentido = 'min' AND m.signo = '<' THEN CASE WHEN m.valor <= r.limite THEN TRUE END
        WHEN r.sentido = 'min' AND m.signo = '>' THEN CASE WHEN m.valor >= r.limite THEN FALSE END
        WHEN r.sentido = 'min' THEN m.valor < r.limite
    END AS excede
FROM muestras AS m
INNER JOIN puntos_monitoreo AS p ON p.punto_id = m.punto_id AND p.cod_region = m.cod_region
INNER JOIN ref_parametros AS r
    ON r.parametro = m.parametro AND r.matriz = p.matriz AND r.categoria = p.categoria AND r.unidad = m.unidad
    AND m.fecha_muestreo BETWEEN coalesce(r.vigente_desde, DATE '1900-01-01') AND coalesce(r.vigente_hasta, DATE '9999-12-31')
WHERE m.tipo_muestra = 'simple'
