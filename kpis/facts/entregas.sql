-- Regional deliveries with their due date: those that came, in every version, and those that never did.
SELECT
    e.cod_region AS territorio,
    e.dataset,
    e.periodo,
    e.version,
    e.fecha_limite,
    e.estado,
    e.estado NOT IN ('rechazada', 'no_recibida') AS aceptada,
    coalesce(e.fecha_recepcion <= e.fecha_limite, FALSE) AND e.estado NOT IN ('rechazada', 'no_recibida') AS a_tiempo,
    e.version <= 1 AS primera,
    e.vigente,
    e.filas,
    e.filas_cuarentena,
    e.celdas_requeridas,
    e.celdas_vacias,
    e.sintetico
FROM entregas AS e
