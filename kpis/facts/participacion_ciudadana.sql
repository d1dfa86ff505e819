-- por region
-- Environmental instruments approved, and whether people had been heard before.
--   con_participacion  a mechanism was used and it ended by the day of approval
--   es_competencia_gr  whether the authority of the case file is the regional government's own office
SELECT
    coalesce(c.ubigeo, c.cod_region) AS territorio,
    c.tipo_iga,
    c.mecanismo_participacion,
    c.fecha_aprobacion,
    coalesce(c.participacion_concluida AND c.fecha_participacion <= c.fecha_aprobacion AND c.mecanismo_participacion <> 'ninguno', FALSE)
        AS con_participacion,
    coalesce(t.autoridad NOT IN ('DGFM', 'DGM', 'DGAAM', 'INGEMMET'), TRUE) AS es_competencia_gr
FROM certificacion_ambiental AS c
LEFT JOIN tramites AS t ON t.expediente_id = c.expediente_id AND t.cod_region = c.cod_region
WHERE c.sentido = 'aprobado' AND c.fecha_aprobacion IS NOT NULL
