-- Registrations with the dates on which each one changes; 9999-12-31 where that has not happened. The register keeps one state
-- and its date: a registration that is suspended today is taken as in process since it entered, and so on.
--   formalizada  authorisation to start or restart activities
--   baja         cancelled: it leaves the register. Suspended and excluded ones stay, or a purge would raise every rate
--   fuera        excluded or cancelled: it leaves the process without being formalised
--   salida       formalised, excluded or cancelled; until that day it was in process, in force or suspended
--   validada     location checked; from the last change of state where the mark came without its date
WITH fechas AS (
    SELECT
        i.inscripcion_id, i.cod_region, i.ubigeo, i.tipo_persona, i.sexo, i.estrato, i.mineral, i.situacion_area, i.relacion_derecho,
        i.fecha_inscripcion, i.fecha_estado, i.ubicacion_validada, i.fecha_validacion,
        coalesce(i.fecha_formalizacion, DATE '9999-12-31') AS formalizada,
        CASE WHEN i.estado_reinfo = 'cancelado' THEN i.fecha_estado ELSE DATE '9999-12-31' END AS baja,
        CASE WHEN i.estado_reinfo IN ('excluido', 'cancelado') THEN i.fecha_estado ELSE DATE '9999-12-31' END AS fuera
    FROM formalizacion AS i
)
SELECT
    f.inscripcion_id,
    f.cod_region,
    left(f.ubigeo, 4) AS provincia,
    f.tipo_persona,
    f.sexo,
    f.estrato,
    f.mineral,
    f.situacion_area,
    f.relacion_derecho,
    f.fecha_inscripcion AS desde,
    f.formalizada,
    f.baja,
    f.fuera,
    least(f.formalizada, f.fuera) AS salida,
    CASE WHEN f.ubicacion_validada THEN coalesce(f.fecha_validacion, f.fecha_estado) ELSE DATE '9999-12-31' END AS validada
FROM fechas AS f
