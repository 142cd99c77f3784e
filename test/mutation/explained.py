"""The changes that no test can notice, each with the reason; and what a room has to reach."""

from __future__ import annotations

LEAST = {
    "_auth": 0.91,
    "_transport": 0.0,
    "_transport/retry.py": 0.95,
    "_wire": 0.83,
    "open_messaging": 0.95,
}
"""The least share of changes that tests have to notice. The retry policy is counted alone, too."""

_ALIKE: dict[str, tuple[str, ...]] = {
    "when the decoder is written, and for which fields, is a matter of speed": (
        "_wire/decoder.py _decoder_of_few.decode_few: left -= 1 -> left -= 2",
        "_wire/decoder.py _decoder_of_few.decode_few: if left >= 0: -> if left >= 1:",
        "_wire/decoder.py _decoder_of_few.decode_few: if left >= 0: -> if left > 0:",
        "_wire/decoder.py _decoder_of_few.decode_few: seen[names] = seen.get(names, 0) + 1 "
        "-> seen[names] = seen.get(None, 0) + 1",
        "_wire/decoder.py _decoder_of_few.decode_few: seen[names] = seen.get(names, 0) + 1 "
        "-> seen[names] = seen.get(names, 1) + 1",
        "_wire/decoder.py _decoder_of_few.decode_few: seen[names] = seen.get(names, 0) + 1 "
        "-> seen[names] = seen.get(names, 0) - 1",
        "_wire/decoder.py _decoder_of_few.decode_few: seen[names] = seen.get(names, 0) + 1 "
        "-> seen[names] = seen.get(names, 0) + 2",
        "_wire/decoder.py _decoder_of_few.decode_few: usual = max(seen.copy().items(), "
        "key=itemgetter(1), default=((), 0))[0] "
        "-> usual = max(seen.copy().items(), key=None, default=((), 0))[0]",
        "_wire/decoder.py _decoder_of_few.decode_few: usual = max(seen.copy().items(), "
        "key=itemgetter(1), default=((), 0))[0] "
        "-> usual = max(seen.copy().items(), default=((), 0))[0]",
        "_wire/decoder.py _decoder_of_few.decode_few: usual = max(seen.copy().items(), "
        "key=itemgetter(1), default=((), 0))[0] "
        "-> usual = max(seen.copy().items(), key=itemgetter(1), default=((), 1))[0]",
    ),
    "the shorter way alone is left out": (
        "_wire/redaction.py _without_signatures: return re.sub(_URL, _mask_signed_url, "
        'text) if "://" in text else text -> return re.sub(_URL, _mask_signed_url, text) '
        'if ("://" in text) or True else text',
        "_wire/decoder.py _decoder_later.decode_with_decoder: written = decoder -> written = None",
        "_wire/decoder.py _plan_decoder.decode_by_plan: if not wire.keys() <= known: "
        "-> if not wire.keys() < known:",
        "_wire/decoder.py _plan_decoder: (name, wire_name, _PLAIN.get(wanted), "
        "decoder_of(wanted)) -> (name, wire_name, _PLAIN.get(None), decoder_of(wanted))",
    ),
    "there is a type for every field": (
        "_wire/decoder.py _plan_decoder: model.attribute_map.items(), "
        "model._field_types.values(), strict=True ) -> model.attribute_map.items(), "
        "model._field_types.values(), strict=None )",
        "_wire/decoder.py _plan_decoder: model.attribute_map.items(), "
        "model._field_types.values(), strict=True ) -> model.attribute_map.items(), "
        "model._field_types.values(), )",
        "_wire/decoder.py _plan_decoder: model.attribute_map.items(), "
        "model._field_types.values(), strict=True -> model.attribute_map.items(), "
        "model._field_types.values(), strict=False",
    ),
    "is set before anything can fail": (
        '_wire/decoder.py _plan_decoder.decode_by_plan: wire_name = "" -> wire_name = None',
        '_wire/decoder.py _plan_decoder.decode_by_plan: wire_name = "" -> wire_name = "XXXX"',
        '_wire/types.py decode_dict: decode_value, key = find_decoder(), "" -> '
        'decode_value, key = find_decoder(), "XXXX"',
    ),
    "a block may be indented by more": (
        '_wire/decoder.py _lines: *_indented(3, read("wire[{}]", usual)), '
        '-> *_indented(4, read("wire[{}]", usual)),',
        '_wire/decoder.py _lines: *_indented(2, read("get({})", names["known"])), '
        '-> *_indented(3, read("get({})", names["known"])),',
    ),
    "Python 3.10 alone runs this": (
        "_wire/types.py parse_datetime: return datetime.fromisoformat(value[:-1] + "
        '"+00:00" if value[-1:] == "Z" else value) -> return '
        'datetime.fromisoformat(value[:-1] + "+00:00" if (value[-1:] == "Z") and False '
        "else value)",
        "_wire/types.py parse_datetime: return datetime.fromisoformat(value[:-1] + "
        '"+00:00" if value[-1:] == "Z" else value) -> return '
        'datetime.fromisoformat(value[:-2] + "+00:00" if value[-1:] == "Z" else value)',
        "_wire/types.py parse_datetime: return datetime.fromisoformat(value[:-1] + "
        '"+00:00" if value[-1:] == "Z" else value) -> return '
        'datetime.fromisoformat(value[:-1] + "XX+00:00XX" if value[-1:] == "Z" else value)',
        "_wire/types.py parse_datetime: return datetime.fromisoformat(value[:-1] + "
        '"+00:00" if value[-1:] == "Z" else value) -> return '
        'datetime.fromisoformat(value[:-1] + "+00:00" if value[+1:] == "Z" else value)',
        "_wire/types.py parse_datetime: return datetime.fromisoformat(value[:-1] + "
        '"+00:00" if value[-1:] == "Z" else value) -> return '
        'datetime.fromisoformat(value[:-1] + "+00:00" if value[-1:] == "XXZXX" else value)',
    ),
    "the same characters are left as they are": (
        '_wire/redaction.py _forms: for safe in ("", "/"): -> for safe in ("XXXX", "/"):',
        '_wire/redaction.py _forms: for safe in ("", "/"): -> for safe in ("", "XX/XX"):',
    ),
    "only more is masked: JSON in JSON in JSON": (
        "_wire/redaction.py _forms: for _ in range(2): -> for _ in range(3):",
    ),
    "the one is as false as the other": (
        '_wire/decoder.py _decoder_later: model: Any = None -> model: Any = ""',
        "_wire/decoder.py _plan_decoder.decode_by_plan: found._unknown = None "
        '-> found._unknown = ""',
        "_wire/redaction.py _forms: forms.add(json.dumps(form, ensure_ascii=False)[1:-1]) "
        "-> forms.add(json.dumps(form, ensure_ascii=None)[1:-1])",
    ),
}
"""Why changes behave as the code does, and their keys."""

EXPLAINED = {
    **{key: reason for reason, keys in _ALIKE.items() for key in keys},
    "_transport/retry.py back_off: pause = min(longest, first * 2.0 ** min(attempt, 100))"
    " -> pause = min(longest, first * 2.0 ** min(attempt, 101))": (
        "after a hundred doublings the pause is the longest; the bound keeps the number finite"
    ),
    "_transport/pacing.py TokenBucket.__init__: self._capacity = max(1, int(per_minute // 60))"
    " -> self._capacity = max(1, int(per_minute / 60))": (
        "a rate is positive, so that int() rounds down as // does"
    ),
    "_transport/pacing.py TokenBucket.__init__: "
    "whole = per_minute if per_minute < 1 else per_minute // 1"
    " -> whole = per_minute if per_minute <= 1 else per_minute // 1": "1 // 1 is 1",
    "_transport/pacing.py TokenBucket.__init__: "
    "self._looked_at = -math.inf # when that was last looked at"
    " -> self._looked_at = +math.inf # when that was last looked at": (
        "the first look then sets _full_at to now, which is the later of it and now anyway"
    ),
    "_transport/addresses.py _Race.__init__: self._failure: OSError | None = None -> "
    'self._failure: OSError | None = ""': ("only whether there is one is asked"),
    "_transport/addresses.py keep_alive: options = [(socket.SOL_SOCKET, socket.SO_KEE"
    "PALIVE, 1)] -> options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 2)]": (
        "any number but 0 switches it on"
    ),
    '_transport/authorities.py find_authorities: return Authorities("verify_ssl") -> '
    'return Authorities("XXverify_sslXX")': ("nobody is told, as nothing is verified"),
    "_transport/authorities.py tls_advice: return _verification_advice(getattr(error,"
    ' "verify_code", 0), settings) -> return _verification_advice(getattr(error, "ver'
    'ify_code", 1), settings)': ("neither is a number that there is advice for"),
    "_transport/authorities.py _verification_advice: strict = sys.version_info >= (3,"
    " 13) -> strict = None": ("before Python 3.13 both are false"),
    "_transport/client.py RESTClientObject.forget_parent: self._settings: Snapshot | "
    "None = None # that the routes are good for -> self._settings: Snapshot | None = "
    '"" # that the routes are good for': ("is looked at where there are routes alone"),
    "_transport/client.py RESTClientObject._log: secrets = _secrets(request, route) |"
    ' find_query_secrets(headers.get("Location", "")) -> secrets = _secrets(request, '
    'route) | find_query_secrets(headers.get("Location", "XXXX"))': (
        "neither has a query with secrets"
    ),
    "_transport/client.py _read: length = incoming.length_remaining -> length = None": (
        "the shorter way alone is left out"
    ),
    "_transport/client.py _pause: outcome = NoAnswer.HOPELESS -> outcome = None": (
        "neither is followed by another try"
    ),
    "_transport/connection.py <module>: _SHORT = 16 * 1024 -> _SHORT = 17 * 1024": (
        "the same bytes leave in one packet more or less"
    ),
    "_transport/connection.py <module>: _SHORT = 16 * 1024 -> _SHORT = 16 * 1025": (
        "the same bytes leave in one packet more or less"
    ),
    "_transport/connection.py _LimitedConnection.request: if isinstance(body, bytes) "
    "and len(body) < _SHORT: -> if isinstance(body, bytes) and len(body) <= _SHORT:": (
        "the same bytes leave in one packet more or less"
    ),
    '_transport/connection.py _Reader.__init__: self._file = sock.makefile("rb", buff'
    'ering=0) -> self._file = sock.makefile("rb", buffering=None)': (
        "nothing is read from that file"
    ),
    '_transport/connection.py _Reader.__init__: self._file = sock.makefile("rb", buff'
    'ering=0) -> self._file = sock.makefile("rb", )': ("nothing is read from that file"),
    '_transport/connection.py _LimitedConnection._tunnel: raise ProxyError("no tunnel'
    '", error) from error -> raise ProxyError("no tunnel", None) from error': (
        "that error is the cause all the same, and shown with it"
    ),
    '_transport/connection.py _LimitedConnection._host_header: host = f"[{host.strip('
    "'[]').partition('%')[0]}]\" -> host = f\"[{host.strip('XX[]XX').partition('%')"
    '[0]}]"': ("a host is in lower case, without an X"),
    "_transport/connection.py _LimitedConnection.is_stale: return False -> return True": (
        "to close what is not open changes nothing"
    ),
    "_transport/connection.py _LimitedTLSConnection._connect_tls_proxy: context = _cu"
    "rrent_context(self.contexts, show_client=False) -> context = _current_context(se"
    "lf.contexts, show_client=None)": ("None is false"),
    "_transport/connection.py _LimitedTLSPool._new_conn: context = _current_context(s"
    "elf._contexts, show_client=False) -> context = _current_context(self._contexts, "
    "show_client=None)": ("None is false"),
    "_transport/connection.py _ForgetfulQueue.__init__: def __init__(self, maxsize: i"
    "nt = 0) -> None: -> def __init__(self, maxsize: int = 1) -> None:": (
        "urllib3 always says how large"
    ),
    "_transport/connection.py _LimitedPool._get_conn: connection: Any = super()._get_"
    "conn(None if math.isinf(left) else max(left, 0)) -> connection: Any = super()._g"
    "et_conn(None if math.isinf(left) else max(left, 1))": (
        "that some time is left was seen a moment before"
    ),
    "_transport/connection.py _close_idle_of: idle.append(pool.get(block=False)) -> i"
    "dle.append(pool.get(block=None))": ("None is false"),
    "_transport/failures.py no_response: 0, reason, method=request.method, url=mask_u"
    "rl(request.full_url()), outcome_unknown=sent and request.method in _WRITES, ) ->"
    " None, reason, method=request.method, url=mask_url(request.full_url()), outcome_"
    "unknown=sent and request.method in _WRITES, )": ("as a status, None is 0"),
    "_transport/failures.py tell_of_proxy: elif failure.status in _LOST_ON_THE_WAY an"
    'd (failure.url or "").startswith("http:"): -> elif failure.status in _LOST_ON_TH'
    'E_WAY and (failure.url or "XXXX").startswith("http:"):': (
        "what a host has answered has a URL"
    ),
    "_transport/failures.py no_time_left: return ApiTimeoutException(0, reason, metho"
    "d=request.method, url=mask_url(request.full_url())) -> return ApiTimeoutExceptio"
    "n(None, reason, method=request.method, url=mask_url(request.full_url()))": (
        "as a status, None is 0"
    ),
    "_transport/http_client.py DefaultHttpClient.rest_client: found: RESTClientObject"
    ' = vars(self).get("_rest_client") or vars(self).setdefault( -> found: RESTClient'
    "Object = vars(self).get(None) or vars(self).setdefault(": (
        "the shorter way alone is left out"
    ),
    "_auth/auth.py Auth.forget_parent: self._renewing_thread: int | None = None -> se"
    'lf._renewing_thread: int | None = ""': ("no thread has such a number"),
    '_auth/auth.py Auth._renew: self._renewing_thread = None -> self._renewing_thread = ""': (
        "no thread has such a number"
    ),
    "_auth/auth.py Auth.forget_parent: self._asked_until = 0.0 -> self._asked_until = None": (
        "is looked at after a renewal alone, which has set it"
    ),
    "_auth/auth.py Auth.forget_parent: self._asked_until = 0.0 -> self._asked_until = 1.0": (
        "is looked at after a renewal alone, which has set it"
    ),
    "_auth/auth.py Auth._renew: self._renewals += 1 -> self._renewals -= 1": (
        "only whether it is still the same is asked"
    ),
    '_auth/grants.py pkce: return _grant("authorization_code", client_id, Masked(""),'
    ' parameters) -> return _grant("authorization_code", client_id, Masked(None), par'
    "ameters)": ("no secret and an empty one are the same"),
    "_auth/pkce.py compute_code_challenge: return base64.urlsafe_b64encode(digest).de"
    'code("ascii").rstrip("=") -> return base64.urlsafe_b64encode(digest).decode("asc'
    'ii").rstrip("XX=XX")': ("the last digit stands for four bits, so that it is never an X"),
    "_auth/session.py Session.bring_access_token: self.auth = Auth(self.service, Toke"
    "n(access_token)) -> self.auth = Auth(None, Token(access_token))": (
        "without a grant there is nothing to ask the service for"
    ),
    '_auth/token.py Token.__init__: refresh_token: str = "", -> refresh_token: str = "XXXX",': (
        "is asked of tokens that are renewed ahead of time alone, and those say theirs"
    ),
    '_wire/json_values.py _PlacedError.first_place: return re.split(r"[.\\[]", self.pa'
    'th.removeprefix("."), maxsplit=1)[0] -> return re.split(r"[.\\[]", self.path.remo'
    'veprefix("."), )[0]': ("the first piece is the same"),
    '_wire/urls.py split_url: authority = re.split("[/?#]", rest, maxsplit=1)[0] -> a'
    'uthority = re.split("[/?#]", rest, )[0]': ("the first piece is the same"),
    "_wire/callers.py parameters_of: found = signature(function, annotation_format=Forma"
    "t.FORWARDREF) -> found = signature(None, annotation_format=Format.FORWARDREF)": (
        "a branch of Python 3.14, for which nothing is counted"
    ),
    "_wire/digests.py new_digest: return hashlib.new(name, usedforsecurity=False) -> ret"
    "urn hashlib.new(name, )": (
        "matters only where a machine allows MD5 for nothing that has to be secure"
    ),
    '_wire/digests.py offered_digests: for entry in headers.get(field, "").split(","): -'
    '> for entry in headers.get(field, "XXXX").split(","):': ("no digest has such a name"),
    '_wire/digests.py offered_digests: found.append(("md5", headers.get("Content-MD5", "'
    '"), "Content-MD5")) -> found.append(("md5", headers.get("Content-MD5", "XXXX"), "Co'
    'ntent-MD5"))': ("no MD5 is as short"),
    "_wire/files.py <module>: _READ_AT_ONCE = 1024 * 1024 -> _READ_AT_ONCE = 1025 * 1024": (
        "how much is read at a time shows nowhere"
    ),
    "_wire/files.py Destination.__init__: self.total: int | None = None -> self.total: i"
    'nt | None = ""': ("is looked at once there is a version, with which it is set"),
    "_wire/files.py NewFile.__init__: self._is_in_place = False -> self._is_in_place = None": (
        "only whether it is true is asked"
    ),
    "_wire/files.py NewFile._open: self._name = None if path.is_dir() or given.endswith("
    '("/", os.sep)) else path.name -> self._name = None if path.is_dir() or given.endswi'
    'th(("XX/XX", os.sep)) else path.name': ("on Windows alone are there two such characters"),
    '_wire/files.py NewFile._open: part = f"{path.name}.part" if self._resumes else f".{'
    'secrets.token_hex(8)}.part" -> part = f"{path.name}.part" if self._resumes else f".'
    '{secrets.token_hex(None)}.part"': (
        "the name of a part is longer then, and no easier to guess"
    ),
    "_wire/files.py NewFile._open: self._file = self._claim_part() if self._resumes else"
    " _new_file(self._part) -> self._file = self._claim_part() if (self._resumes) or Tru"
    "e else _new_file(self._part)": ("a part that nobody else knows can be locked as well"),
    '_wire/files.py _new_file: flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", '
    '0) -> flags = os.O_RDWR | os.O_CREAT | getattr(os, "XXO_BINARYXX", 0)': (
        "a flag of Windows alone"
    ),
    '_wire/headers.py parse_retry_after: value = headers.get("Retry-After", "").strip() '
    '-> value = headers.get("Retry-After", "XXXX").strip()': (
        "is neither a number nor a date, as nothing is"
    ),
    '_wire/headers.py parse_retry_after: sent = _parse_date(headers.get("Date", "")) or '
    'arrived -> sent = _parse_date(headers.get("Date", None)) or arrived': (
        "is no date, as nothing is"
    ),
    "_wire/parameters.py value_to_text: if type(value) not in _USUAL: -> if type(None) n"
    "ot in _USUAL:": ("the shorter way alone is left out"),
    '_wire/urls.py _has_one_form: return character in ".-_\\u3002\\uff0e\\uff61" or unic'
    'odedata.category(character)[0] in "LMN" -> return character in "XX.-_\\u3002\\uff0e'
    '\\uff61XX" or unicodedata.category(character)[0] in "LMN"': (
        "an X is a letter, and allowed anyway"
    ),
    '_wire/urls.py _has_one_form: return character in ".-_\\u3002\\uff0e\\uff61" or unic'
    'odedata.category(character)[0] in "LMN" -> return character in ".-_\\u3002\\uff0e\\'
    'uff61" or unicodedata.category(character)[0] in "XXLMNXX"': ("no category is called X"),
    "open_messaging/content.py <module>: raw: Mapping[str, Any] = field(default_factory="
    "dict, repr=False, hash=False) -> raw: Mapping[str, Any] = field(default_factory=dic"
    "t, repr=None, hash=False)": ("only whether it is true is asked"),
    "open_messaging/webhooks.py <module>: raw: Mapping[str, Any] = field(repr=False, has"
    "h=False) -> raw: Mapping[str, Any] = field(repr=None, hash=False)": (
        "only whether it is true is asked"
    ),
    "_wire/parameters.py query_to_text: text = name if type(name) is str else to_text"
    '("the name of a parameter", name) -> text = name if type(None) is str else to_te'
    'xt("the name of a parameter", name)': ("the shorter way alone is left out"),
    "_wire/parameters.py values_to_text: if type(value) in _USUAL: -> if type(None) in _USUAL:": (
        "the shorter way alone is left out"
    ),
    "_wire/headers.py check_headers: if type(name) is str and type(value) is str and "
    "value.isascii() and value.isprintable(): -> if type(None) is str and type(value)"
    " is str and value.isascii() and value.isprintable():": ("the shorter way alone is left out"),
    "_wire/headers.py _lower: return name.lower() -> return name.upper()": (
        "it is compared with what has come the same way"
    ),
}
"""A mutant's key, and why it behaves as the code does, for all that callers can tell."""
