-- por region
-- Posts of the regional mining offices at each quarter's end. The sex is that of whoever holds the post: a vacant one has none.
--   capacitada  24 hours of training or more in the twelve months up to that date (the threshold is a proposal)
SELECT
    p.cod_region AS territorio,
    p.fecha_corte AS corte,
    p.funcion_id AS funcion,
    p.regimen,
    p.sexo,
    p.presupuestada,
    p.ocupada,
    p.horas_capacitacion_12m >= 24 AS capacitada
FROM personal_drem AS p
