{#- The files of the inbox that staging does not have yet; all of them in a full refresh. -#}
{% macro archivos_nuevos() %}
  {%- set sentencia -%}
    SELECT file FROM glob('{{ env_var("REFRESCO_ENTRADA") }}/tramites_*.csv')
    {%- if is_incremental() %} WHERE file NOT IN (SELECT archivo FROM {{ this }} GROUP BY archivo){% endif %}
  {%- endset -%}
  {%- if execute -%}{{ return(run_query(sentencia).columns[0].values()) }}{%- else -%}{{ return([]) }}{%- endif -%}
{% endmacro %}
