-- por region
-- The 13 mining functions of each regional government at each quarter's end, accredited or not (see vistas/competencias.sql).
SELECT
    k.cod_region AS territorio,
    k.fecha AS corte,
    k.funcion_id AS funcion,
    k.acreditada,
    k.via
FROM v_competencias AS k
