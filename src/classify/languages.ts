import type { SignalRule } from './rule.ts'
import { anywhere, lead, prose, title, types } from './rule.ts'

/** One thing and another within a sentence, in either order: where the verb stands differs between languages. */
const near = (verbs: string, things: string): string =>
  `(?:${verbs})[^.;\\n。；]{0,60}?(?:${things})|(?:${things})[^.;\\n。；]{0,60}?(?:${verbs})`

const fault = types({ bug_fix: 3 })
const wish = types({ code_change: 3 })
const asks = types({ general_assistant: 3 })
const texts = types({ writing: 3.5 }, { files: true })
const order = { lead: types({ code_change: 3.5 }), fix: types({ bug_fix: 4 }), refactor: types({ refactor: 4.5 }) }
const danger = types({ ops_automation: 1.5 }, { risk: 'high' })
const sensitive = { risk: 'medium' } as const

/**
 * The commonest words of other languages, without their accents (text.ts takes them off): enough to know a fault from a
 * wish and to see danger. What no row knows stays unsure, and is asked (language.ts).
 */
// biome-ignore format: one signal is one row
export const LANGUAGES: readonly SignalRule[] = [
  prose('de_fault', 'fehler\\w{0,8}|absturz|sturzt|funktioniert (?:\\w{1,15} ){0,3}nicht|geht nicht|kaputt|falsch\\w{0,2}|fehlermeldung|lasst sich nicht|wird nicht|werden nicht|bleibt hangen|defekt|stimm(?:t|en) (?:\\w{1,15} ){0,3}nicht|nicht mehr|verrutsch\\w{1,3}|verschwind\\w{1,3}|doppelt angezeigt', fault),
  title('de_negative', 'nicht|keine?|nie|ohne dass', types({ bug_fix: 2 })),
  prose('de_wish', 'moglichkeit\\w{0,2}|ware (?:schon|toll|gut|hilfreich|super)|wunsch\\w{0,6}|vorschlag|bitte (?:um|erganz\\w{1,3})|mochte\\w{0,2}|(?:auswahlen|hochladen|einstellen|andern) (?:konnte|kann)|unterstutz\\w{1,4}|hinzufug\\w{1,4}|einbau\\w{1,3}|erganz\\w{1,3}|ermoglich\\w{1,3}|neue (?:funktion|option|einstellung)', wish),
  lead('de_lead_fix', 'behebe\\w{0,2}|repariere\\w{0,2}|korrigiere\\w{0,2}', order.fix),
  prose('de_refactor', 'umbenenn\\w{1,3}|aufraum\\w{1,3}|vereinfach\\w{1,3}|refaktor\\w{2,8}|auslager\\w{1,3}', order.refactor),
  prose('de_texts', 'dokumentation|anleitung|tippfehler|rechtschreib\\w{1,8}|ubersetz\\w{1,5}|blogartikel|handbuch|readme', texts),
  prose('de_asks', 'wie (?:kann|geht|mache|bekomme|funktioniert)|warum|wieso|gibt es (?:eine|einen)|ist es moglich|kann (?:mir )?jemand|frage|wozu', asks),
  prose('de_decision', 'sollen wir|sollten wir|entscheid\\w{1,6}|vor- und nachteile|oder lieber', types({ decision_support: 4 })),
  prose('de_research', 'untersuch\\w{1,4}|recherch\\w{2,6}|vergleich\\w{0,3}|evaluier\\w{1,4}|herausfinden', types({ research: 4 })),
  prose('de_operate', 'ausrollen|bereitstell\\w{1,4}|neu ?start\\w{1,3}|server|sicherung|zertifikat\\w{0,2}|einspielen', types({ ops_automation: 3 })),
  prose('de_data', '(?:csv|json|excel|xml)[- ]?datei\\w{0,2}|doppelte (?:zeilen|eintrage|datensatze)|datensatz\\w{0,2}|umwandel\\w|bereinig\\w{1,3}|tabelle aus|zusammenfuhr\\w{1,3}', types({ data_transformation: 3.5 })),
  prose('de_danger', `${near('losch\\w{1,4}|entfern\\w{1,3}|leer\\w{1,3}|vernicht\\w{1,3}|uberschreib\\w{1,3}', '(?:be)?nutzer\\w{0,8}|konten|konto|daten\\w{0,10}|tabelle\\w{0,2}|server|sicherung\\w{0,3}|backups?|kunden\\w{0,8}|dateien|produktion\\w{0,10}|alles?')}|(?:auf|in) (?:die |der )?produktion|produktiv\\w{0,10}|ausrollen|veroffentlich\\w{1,4}|uberweis\\w{1,4}|bezahl\\w{1,3}`, danger),
  prose('de_sensitive', 'passwort|passworter|kennwort|zugangsdaten|geheimnis\\w{0,2}|schlussel|anmeld\\w{1,5}|zahlung\\w{0,6}|rechnung\\w{0,3}|losch\\w{1,4}|migration\\w{0,2}|berechtigung\\w{0,2}', sensitive),

  prose('es_fault', 'error(?:es)?|fallos?|falla|no funcionan?|no (?:muestra|aparece|carga|guarda|abre|deja|permite|responde|encuentra)|no se (?:ve|ven|puede|muestra|actualiza|guarda|carga|abre)|se (?:cierra|cuelga|rompe|bloquea)|incorrect[oa]s?|rot[oa]|da error|dej[oa] de', fault),
  title('es_negative', 'no \\w{2,20}|sin que|imposible', types({ bug_fix: 2 })),
  prose('es_wish', 'seria (?:bueno|genial|util|ideal)|me gustaria|estaria bien|sugerencia|propuesta|anadir|agregar|implementar|soporte para|permitir|nueva (?:funcion|opcion|funcionalidad)', wish),
  lead('es_lead', 'anadir|agregar|implementar|crear|permitir|mostrar|cambiar|actualizar|mejorar|soportar|incluir|hacer', order.lead),
  lead('es_lead_fix', 'corregir|arreglar|solucionar|reparar', order.fix),
  prose('es_refactor', 'refactorizar|renombrar|simplificar|limpiar (?:el )?codigo|reorganizar', order.refactor),
  prose('es_texts', 'documentacion|documentar|guia|redactar|traducir|traduccion|errata|ortografi[ac]\\w{0,2}|redaccion|manual de', texts),
  prose('es_asks', 'como (?:puedo|se|hago|hacer)|por ?que|es posible|alguien (?:sabe|puede)|pregunta|duda|cual es|donde esta|para que sirve', asks),
  prose('es_decision', 'decidir|elegir|escoger|deberiamos|ventajas y desventajas|cual (?:es mejor|usar|usamos)', types({ decision_support: 4 })),
  prose('es_research', 'investigar|investigacion|estudio de|comparar|comparativa|evaluar|analizar', types({ research: 4 })),
  prose('es_operate', 'desplegar|despliegue|reiniciar|servidor(?:es)?|certificado|copia de seguridad', types({ ops_automation: 3 })),
  prose('es_data', 'conjunto de datos|duplicad[oa]s|convertir|limpieza|limpiar (?:los )?datos|hoja de calculo|archivo (?:csv|json|excel)', types({ data_transformation: 3 })),
  prose('es_danger', `${near('borrar|borre|borra|eliminar|elimina|elimine|vaciar|destruir', 'usuarios?|cuentas?|datos|tablas?|base de datos|servidor(?:es)?|clientes|archivos|copias?|produccion|todo|todos|todas')}|(?:en|a) produccion|desplegar|publicar la version|transferir|pagar|reembols\\w{1,4}`, danger),
  prose('es_sensitive', 'contrasenas?|credenciales|claves?|pagos?|facturas?|iniciar sesion|inicio de sesion|permisos|borrar|eliminar|migracion', sensitive),

  prose('fr_fault', 'erreurs?|bogues?|ne (?:fonctionne|marche|s\'affiche|se (?:ferme|lance|charge)) (?:pas|plus)|plant(?:e|age)s?|casse|cassee|incorrecte?s?|impossible de|echoue|echec', fault),
  title('fr_negative', 'ne \\w{2,20} (?:pas|plus)|n\'\\w{2,20} (?:pas|plus)|impossible|rien', types({ bug_fix: 2 })),
  prose('fr_wish', 'il serait (?:bien|utile|interessant)|ce serait (?:bien|utile|top)|j\'aimerais|je souhaite\\w{0,4}|suggestion|ajouter|ajout (?:de|d\'un)|possibilite de|permettre|prise en charge|nouvelle (?:fonction\\w{0,6}|option)', wish),
  lead('fr_lead', 'ajouter|ajout|creer|permettre|afficher|modifier|mettre a jour|ameliorer|supporter|implementer|remplacer', order.lead),
  lead('fr_lead_fix', 'corriger|reparer|resoudre|correction', order.fix),
  prose('fr_refactor', 'refactoriser|renommer|simplifier|nettoyer (?:le )?code|restructurer', order.refactor),
  prose('fr_texts', 'documentation|documenter|rediger|traduire|traduction|faute de frappe|orthographe|tutoriel|redaction|guide', texts),
  prose('fr_asks', 'comment (?:faire|puis|peut|on|utiliser|est)|pourquoi|est-ce que|est-il possible|quelqu\'un (?:sait|peut)|question|a quoi sert', asks),
  prose('fr_decision', 'devrions-nous|faut-il|choisir|decider|avantages et inconvenients', types({ decision_support: 4 })),
  prose('fr_research', 'etudier|etude|rechercher|comparer|comparatif|evaluer|analyser|enqueter', types({ research: 4 })),
  prose('fr_operate', 'deployer|deploiement|redemarrer|serveurs?|certificat|sauvegarde', types({ ops_automation: 3 })),
  prose('fr_data', 'jeux? de donnees|doublons|convertir|tableur|fichiers? (?:csv|json|excel)|nettoyer (?:les )?donnees', types({ data_transformation: 3 })),
  prose('fr_danger', `${near('supprim\\w{1,4}|effac\\w{1,3}|vider|detruire|purger', 'utilisateurs?|comptes?|donnees|tables?|base de donnees|serveurs?|clients?|fichiers|sauvegardes?|tout|toutes|tous')}|(?:en|de|la) production|(?:il faut|veuillez) (?:deployer|publier)|deployer (?:la|le|les|en)|publier (?:la|le|les)|virement|rembours\\w{1,4}|payer (?:la|le|les)`, danger),
  prose('fr_sensitive', 'mots? de passe|identifiants|cles? (?:api|secretes?)|paiements?|factures?|connexion|permissions|supprimer|effacer|migration', sensitive),

  prose('pt_fault', 'erros?|falha|nao (?:funciona|abre|carrega|aparece|salva|atualiza|consigo)|quebrad[oa]|trava|travando|incorret[oa]|parou de', fault),
  title('pt_negative', 'nao \\w{2,20}|impossivel', types({ bug_fix: 2 })),
  prose('pt_wish', 'seria (?:bom|otimo|legal|interessante)|gostaria|sugestao|adicionar|implementar|suporte (?:a|para)|permitir|nova (?:funcao|opcao|funcionalidade)', wish),
  lead('pt_lead', 'adicionar|implementar|criar|permitir|mostrar|alterar|atualizar|melhorar|incluir|fazer', order.lead),
  lead('pt_lead_fix', 'corrigir|consertar|arrumar|resolver', order.fix),
  prose('pt_refactor', 'refatorar|renomear|simplificar|limpar (?:o )?codigo|reorganizar', order.refactor),
  prose('pt_texts', 'documentacao|documentar|redigir|traduzir|traducao|tutorial|erro de digitacao|guia', texts),
  prose('pt_asks', 'como (?:faco|posso|fazer|usar)|por ?que|e possivel|alguem (?:sabe|pode)|pergunta|duvida|qual e', asks),
  prose('pt_decision', 'decidir|escolher|deveriamos|vantagens e desvantagens', types({ decision_support: 4 })),
  prose('pt_research', 'investigar|pesquisar|pesquisa|comparar|avaliar|analisar', types({ research: 4 })),
  prose('pt_operate', 'implantar|reiniciar|servidor(?:es)?|certificado|backup', types({ ops_automation: 3 })),
  prose('pt_data', 'importar|remover duplicatas|planilha|limpeza', types({ data_transformation: 3 })),
  prose('pt_danger', `${near('apagar|apague|excluir|exclua|deletar|delete|remover|limpar', 'usuarios?|contas?|dados|tabelas?|banco de dados|servidor(?:es)?|clientes|arquivos|backups?|tudo|todos|todas')}|(?:em|na|para) producao|implantar|publicar a versao|transferir|pagar|reembols\\w{1,3}`, danger),
  prose('pt_sensitive', 'senhas?|credenciais|chaves?|pagamentos?|faturas?|login|permissoes|apagar|excluir|migracao', sensitive),

  prose('it_fault', 'errore|errori|non (?:funziona|si apre|carica|viene)|si blocca|sbagliat[oa]|rott[oa]', fault),
  prose('it_wish', 'sarebbe (?:bello|utile)|vorrei|aggiungere|supporto per|permettere|suggerimento', wish),
  prose('it_asks', 'come (?:posso|si|faccio)|perche|e possibile|qualcuno (?:sa|puo)|domanda', asks),
  prose('it_danger', `${near('cancella(?:re|to|ti|te)?|elimina(?:re|to|ti|te(?= le| gli| i ))?|rimuov\\w{1,4}', 'utenti|account|dati|tabell\\w|database|server|clienti|tutto|tutti')}|in produzione`, danger),

  anywhere('zh_fault', '没有反应|不(?:了|起作用|工作|正常|显示|能|到)|转圈|卡住|报错|错误|失败|无法|不能|崩溃|闪退|异常|卡死|不显示|没有反应|打不开|无效|问题|失效|bug|不生效|乱码', fault),
  anywhere('zh_wish', '希望|建议|能否(?:支持|增加|添加)|支持一下|增加|添加|新增|请求支持|可以加|功能请求|需求|想要', wish),
  anywhere('zh_asks', '请问|怎么|如何|为什么|是否|什么意思|有没有|怎样|求助|吗[？?]', asks),
  anywhere('zh_texts', '文档|说明书|翻译|错别字|教程|博客|文章|README', texts),
  anywhere('zh_refactor', '重构|重命名|优化代码|清理代码|简化代码', order.refactor),
  anywhere('zh_decision', '应该(?:用|选|使用)|选择哪|还是用|优缺点|讨论', types({ decision_support: 4 })),
  anywhere('zh_research', '调研|研究|对比|比较|评估|调查', types({ research: 4 })),
  anywhere('zh_operate', '部署|重启|服务器|证书|备份|上线', types({ ops_automation: 3 })),
  anywhere('zh_automation', '自动化|流水线|持续集成|定时任务|自动(?:发布|构建|测试|部署)', types({ workflow_automation: 4 }, { risk: 'medium' })),
  anywhere('zh_data', '转换(?:成|为)|去重|清洗|合并(?:数据|表格)|数据集|表格', types({ data_transformation: 3 })),
  anywhere('zh_danger', `${near('删除|删掉|清空|移除|销毁|删', '用户|账号|账户|数据|数据库|表|服务器|客户|文件|备份|所有|全部|生产')}|生产环境|线上环境|上线|发布到|部署到|转账|退款|付款`, danger),
  anywhere('zh_sensitive', '密码|密钥|凭证|令牌|支付|登录|权限|删除|迁移|账单', sensitive),

  anywhere('ja_fault', 'されない|されません|効かない|消える|エラー|不具合|バグ|動かない|動作しない|できない|できません|クラッシュ|落ちる|失敗|表示されない|表示されません|文字化け|おかしい', fault),
  anywhere('ja_wish', '追加して|追加する|を追加|対応して|ほしい|欲しい|要望|機能要求|希望|提案|できるように|サポートして', wish),
  anywhere('ja_asks', '使い方|わかりません|分かりません|ありますか|どうすれば|ですか[？?。]?|でしょうか|質問|なぜ|教えて|方法は|どのように', asks),
  anywhere('ja_texts', 'ドキュメント|翻訳|誤字|脱字|チュートリアル|説明書|ブログ|記事|README', texts),
  anywhere('ja_refactor', 'リファクタ|名前を変更|整理する|共通化|簡素化', order.refactor),
  anywhere('ja_decision', 'どちら(?:が|を)|すべきか|検討したい|メリット', types({ decision_support: 4 })),
  anywhere('ja_research', '調査|比較|評価する|検証', types({ research: 4 })),
  anywhere('ja_operate', 'デプロイ|再起動|サーバー?|証明書|バックアップ|リリース', types({ ops_automation: 3 })),
  anywhere('ja_data', '変換|重複(?:を|行|データ)|データセット|集計|CSVを', types({ data_transformation: 3 })),
  anywhere('ja_danger', `${near('削除|消去|消して|クリア', 'ユーザー?|アカウント|データ|データベース|テーブル|サーバー?|顧客|ファイル|バックアップ|すべて|全て|本番')}|本番|デプロイ|公開して|送金|返金|支払`, danger),
  anywhere('ja_sensitive', 'パスワード|認証|秘密|トークン|鍵|決済|ログイン|権限|削除|移行|請求', sensitive),

  anywhere('ko_fault', '오류|에러|버그|안 ?됩니다|안 ?돼|실패|작동하지|깨짐|충돌', fault),
  anywhere('ko_wish', '추가해|추가 요청|기능 요청|지원해|있으면 좋|제안|원합니다', wish),
  anywhere('ko_asks', '어떻게|인가요|질문|왜|무엇|궁금', asks),
  anywhere('ko_danger', `${near('삭제|제거|초기화', '사용자|계정|데이터|테이블|서버|고객|파일|모든|전체')}|운영 (?:서버|환경)|배포`, danger),
  anywhere('ko_sensitive', '비밀번호|암호|인증|토큰|결제|로그인|권한|삭제|마이그레이션', sensitive),

  anywhere('ru_fault', '(?<![а-я])не [а-я]{3,15}|сбрасыва[а-я]{2,4}|ошибк[а-я]{1,2}|не работа[а-я]{1,3}|падает|вылетает|сломан[а-я]{0,2}|баг|зависает|не (?:открывается|загружается|отображается|удается|могу)|некорректн[а-я]{2}|неправильн[а-я]{1,2}', fault),
  anywhere('ru_wish', 'добавить|добавьте|хотелось бы|предложени[ея]|поддержк[уаи]|было бы|возможность|реализовать|сделать|нужна функция', wish),
  anywhere('ru_asks', 'как (?:мне |можно )?(?:сделать|использовать|настроить|запустить)|почему|можно ли|подскажите|вопрос|где (?:найти|взять)|что такое', asks),
  anywhere('ru_texts', 'документаци[яию]|опечатк[аиу]|перевод|руководство|статью|инструкци[яюи]|README', texts),
  anywhere('ru_refactor', 'рефакторинг|переименовать|упростить|вынести|почистить код', order.refactor),
  anywhere('ru_decision', 'стоит ли|что выбрать|плюсы и минусы|нужно решить|обсудить', types({ decision_support: 4 })),
  anywhere('ru_research', 'исследовать|исследование|сравнить|сравнение|изучить|оценить', types({ research: 4 })),
  anywhere('ru_operate', 'развернуть|перезапустить|сервер[а-я]{0,2}|сертификат|резервн[а-я]{2,3} копи[июя]', types({ ops_automation: 3 })),
  anywhere('ru_data', 'преобразовать|конвертировать|дубликат[а-я]{0,2}|набор данных|таблицу из', types({ data_transformation: 3 })),
  anywhere('ru_danger', `${near('удали[а-я]{1,3}|удалять|очистить|стереть|снести', 'пользовател[а-я]{1,3}|аккаунт[а-я]{0,2}|данны[а-я]|таблиц[а-я]{1,2}|баз[а-я]{1,2}|сервер[а-я]{0,2}|клиент[а-я]{0,2}|файл[а-я]{0,2}|все|всех')}|(?:на|в) прод[а-я]{0,9}|задеплоить|развернуть|перевести деньги|вернуть деньги|оплат[а-я]{2,3}`, danger),
  anywhere('ru_sensitive', 'парол[а-я]{1,2}|токен[а-я]{0,2}|ключ[а-я]{0,2}|платеж[а-я]{0,2}|авторизаци[а-я]{1,2}|вход|права|удалить|миграци[а-я]{1,2}', sensitive),
]

/** Danger is seen in every language, whatever the rest of the text is in: a few English sentences above do not hide it. */
export const DANGERS: readonly SignalRule[] = LANGUAGES.filter((row) => row.effect.risk === 'high')
