"""The configuration files of scripts/realmail: {file name: text} for each program."""
import dkim_keys

POSTFIX_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/postfix/queue
data_directory = {home}/postfix/data
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
myhostname = mx.{first_domain}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
mydestination =
alias_maps =
local_recipient_maps =
local_transport = error:no local mail here
default_transport = error:this post office delivers at home only
smtpd_relay_restrictions = reject_unauth_destination
recipient_delimiter = +
virtual_mailbox_domains = {domains}
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = texthash:{home}/postfix/etc/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:8
virtual_gid_maps = static:8
transport_maps = {routes}
queue_run_delay = 5s
minimal_backoff_time = 5s
smtpd_tls_cert_file = {TLS_CERTIFICATE}
smtpd_tls_key_file = {TLS_KEY}
smtpd_tls_security_level = may
"""

POSTFIX_MASTER = """\
127.0.0.1:{SMTP_PORT} inet n - n - - smtpd
127.0.0.1:{SUBMISSION_PORT} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sasl_type=dovecot
  -o smtpd_sasl_path=inet:127.0.0.1:{SASL_PORT}
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o smtpd_milters=inet:127.0.0.1:{MILTER_PORT}
  -o local_header_rewrite_clients=permit_sasl_authenticated
  -o milter_default_action=tempfail
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
refuse unix - n n - - pipe
  user=nobody argv={home}/postfix/etc/refuse
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

# RequireSafeKeys would refuse any key below /tmp, since all may write there.
OPENDKIM = """\
Mode s
Background yes
UserID opendkim
PidFile {home}/opendkim/opendkim.pid
Socket inet:{MILTER_PORT}@127.0.0.1
KeyTable file:{home}/opendkim/keys
SigningTable refile:{home}/opendkim/senders
Canonicalization relaxed/relaxed
SignHeaders {headers}
OversignHeaders {headers}
RequireSafeKeys no
"""

DOVECOT = """\
protocols = imap
listen = 127.0.0.1
instance_name = mailca-realmail
base_dir = {home}/dovecot/run
state_dir = {home}/dovecot/state
log_path = {home}/dovecot.log
ssl_cert = <{TLS_CERTIFICATE}
ssl_key = <{TLS_KEY}
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 8
first_valid_gid = 8
mail_location = maildir:~/
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/dovecot/passwd
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={home}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {IMAP_PORT}
  }}
  inet_listener imaps {{
    port = {IMAPS_PORT}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {SASL_PORT}
  }}
}}
"""

NGINX = """\
pid {home}/nginx/nginx.pid;
error_log {home}/nginx.log;
events {{}}
http {{
  access_log {home}/nginx.log;
  client_body_temp_path {home}/nginx/body;
  proxy_temp_path {home}/nginx/proxy;
  fastcgi_temp_path {home}/nginx/fastcgi;
  uwsgi_temp_path {home}/nginx/uwsgi;
  scgi_temp_path {home}/nginx/scgi;
  include {front};
}}
"""


def postfix(home, env, domains, mailboxes, lmtp_domains):
    by_lmtp = [f"{{ {domain} = lmtp:unix:{env['LMTP_SOCKET']} }}" for domain in lmtp_domains]
    gone = [f"{{ {mailbox} = refuse: }}" for mailbox in mailboxes if mailbox.startswith("gone@")]
    routes = f"inline:{{ {', '.join(by_lmtp + gone)} }}" if by_lmtp + gone else ""
    return {"main.cf": POSTFIX_MAIN.format(home=home, domains=", ".join(domains), first_domain=domains[0], routes=routes, **env),
            "master.cf": POSTFIX_MASTER.format(home=home, **env),
            "refuse": "#!/bin/sh\nexit 67\n",  # EX_NOUSER: there is no such mailbox
            "mailboxes": "".join(f"{mailbox} {mailbox}/\n" for mailbox in mailboxes)}


def opendkim(home, env, domains):
    selector = dkim_keys.RSA_SELECTOR
    return {"opendkim.conf": OPENDKIM.format(home=home, headers=",".join(dkim_keys.REPLY_HEADERS), **env),
            "keys": "".join(f"{domain} {domain}:{selector}:{home}/dkim/{domain}/{selector}.key\n" for domain in domains),
            "senders": "".join(f"*@{domain} {domain}\n" for domain in domains)}


def dovecot(home, env, passwords):
    return {"dovecot.conf": DOVECOT.format(home=home, **env),
            "passwd": "".join(f"{mailbox}:{password}\n" for mailbox, password in passwords.items())}


def nginx(home, front):
    return NGINX.format(home=home, front=front)
