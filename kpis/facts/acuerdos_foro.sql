-- por region
-- Agreements of the Regional Forum. One is fulfilled only with its evidence: the norm, the act or the document.
SELECT
    a.cod_region AS territorio,
    a.tipo,
    a.responsable,
    a.fecha_limite,
    a.estado = 'cumplido' AND trim(coalesce(a.evidencia, '')) <> '' AS cumplido
FROM foro_acuerdos AS a
