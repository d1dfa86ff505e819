-- por region
-- Transfers by date credited, with what had been spent of each by the last delivery. Every concept is here, so that it is known which
-- months were delivered at all. A transfer without a report of spending counts as not spent.
SELECT
    coalesce(t.ubigeo, t.cod_region) AS territorio,
    t.fecha_acreditacion,
    t.concepto,
    t.monto_soles,
    coalesce(t.ejecutado_soles, 0) AS ejecutado_soles
FROM transferencias AS t
