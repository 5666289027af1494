#!/usr/bin/env python3
"""strongroom_recover: from the shares on paper to the secret, in one file, by the specification alone.

  python3 -I strongroom_recover.py [--record FILE] [--set FILE] [--vault DIR] [--passphrases FILE] < lines.txt

Standard input is what was typed or scanned of the shares, spares welcome; standard output the secret alone.
Exit status: 0 done, 1 the answer is no, 2 the request is wrong. Locked shares need argon2-cffi. Deliberately
it does not correct typing: it points at the line, to be compared with the paper. It is not constant time and
wipes no memory: run it on an offline machine. It judges no anchor, no whole ledger, and does not compare the
eight words of a set file, on which nothing here relies. Sections are those of the specification."""
import argparse, base64, functools, getpass, hashlib, hmac, importlib.util, itertools, json, os, pathlib, re
import struct, sys, time
from types import SimpleNamespace
ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"  # section 1, as the generator, the target and the limits
CODEX = 0x19dc500ce73fde210, 0x1bfae00def77fe529, 0x1fbd920fffe7bee52, 0x1739640bdeee3fdad, 0x7729a039cfc75f5a
CODEX_TARGET, BECH32 = 0x10ce0795c2fd1e62a, (0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)
TEXT_LIMIT, FILE_LIMIT, LEDGER_LIMIT, MOST_TRIES = 1048576, 65536, 268435456, 4096
PREFIXES = {"production": "SR1", "rehearsal": "ZZ1"}  # section 2; their places are the numbers of the worlds
FIELDS = [dict(kind=(10, 5), needed=(15, 8), index=(23, 8), mark=(31, 20), whole=(31, 88), body=(119, 256)),
          dict(index=(10, 8), mark=(18, 20), body=(38, 256), last=(294, 1))]  # section 3: of A; of B and C
PASSED = "[\xad\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
BETWEEN = r"[^\S\n]|[\0-\x09\x0b-\x1f\x7f-\x9f‐-―−‘-‟‹›«»·•.,;'\"()\[\]{}<>|`-]"  # section 3, What is typed
LINE_ENDS = re.compile(r"/|\bLINE +[ABC]\b *:?|\b[ABC] *:|(?=\b[ABC]1\b)|\b(SR|ZZ)1")
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # section 5
EDWARDS_D, ROOT_OF_MINUS_1 = -121665 * pow(121666, -1, PRIME) % PRIME, pow(2, (PRIME - 1) // 4, PRIME)
GENERATOR_G = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
GENERATOR_H = bytes.fromhex("4603406ff50a038e1cf9132e200cc55827994023fcd6b29978c351d4e7524377")
NAME, HEX32, PURPOSES = "(?!-)[a-z0-9-]{1,32}(?<!-)", "[0-9a-f]{64}", ["password", "mfa", "contact"]
SET_KEYS = dict(schema="strongroom/set/1", vault="0[01][0-9a-f]{30}", mode="production|rehearsal", name=NAME,
                purpose="password|mfa|contact", region=NAME, epoch="[1-9][0-9]{0,9}",  # section 9
                threshold="[1-9][0-9]{0,2}-of-[1-9][0-9]{0,2}", identity_kind="x25519",
                recipient="age1[02-9ac-hj-np-z]{51}[qs][02-9ac-hj-np-z]{6}", successor_key=HEX32,
                before=HEX32, sha256=HEX32, fingerprint="[0-9a-f]{22}", words="(?:[a-z]{3,8} ){7}[a-z]{3,8}")
SET_ROWS = [f'(?:{key} = "(?P<{key}>{form})"\n)' + "?" * (key == "region") for key, form in SET_KEYS.items()]
SET_FORM = re.compile("".join(SET_ROWS) + f'commitments = \\[\n(?P<commitments>(?:  "{HEX32}",\n)+)\\]\n')
RECORD_PATH = re.compile(f"records/({NAME})/(?:(password|contact)|(mfa)-({NAME}))[.]([1-9][0-9]*)[.]age")
SECRETS = {"password": {"password": r'"([^\\\x7f-\x9f]|\\["\\])*"'},  # section 10, as JSON
           "contact": {"contact": r'"([^\\\x7f-\x9f]|\\["\\n])*"'}, "mfa": {"seed": '"[A-Z2-7]{10,256}"', "label": '".*"',
    "algorithm": '"SHA(1|256|512)"', "digits": "[678]", "period": "[1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600"}}
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # section 11, but for the order
BASE64 = b"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])\n"  # section 14: 32 bytes without padding
AGE_HEADER = re.compile(b"age-encryption[.]org/v1\n((?:-> (?!scrypt ).*\n(?:(?!-> |---).*\n)*)+)--- " + BASE64)
AGE_STANZA = re.compile(b"^-> X25519 " + BASE64 + BASE64 + b"(?![^-])", re.MULTILINE)

class Refused(Exception):  # a reason, which is a name of section 15, and a sentence
    reason, __str__ = property(lambda self: self.args[0]), lambda self: f"{self.args[1]} ({self.args[0]})"
def demand(holds, reason, sentence):
    if not holds:
        raise Refused(reason, sentence)
little = functools.partial(int.from_bytes, byteorder="little")
# ---- Section 3: shares on paper -----------------------------------------------------------------
def residue(prefix, symbols, generator=CODEX, width=60):
    """Section 3: the checksum of codex32; with another generator and width that of bech32."""
    result, ords = 1, [ord(letter) for letter in prefix]
    for symbol in [code >> 5 for code in ords] + [0] + [code & 31 for code in ords] + symbols:
        top, result = result >> width, (result & (1 << width) - 1) << 5 ^ symbol
        for bit in range(5):
            result ^= generator[bit] if top >> bit & 1 else 0
    return result
def world_of(letters):  # section 3: the world under whose prefix the checksum of a line holds, or None
    symbols = [ALPHABET.find(letter) for letter in letters]
    whole = [world for world in PREFIXES if residue(PREFIXES[world][:2].lower(), symbols) == CODEX_TARGET]
    return whole[0] if whole and -1 not in symbols and len(symbols) <= 88 else None
def plain_text(text):
    """Section 3, What is typed: capitals, digits, row ends, `/` where a line ends, blanks, `?` else."""
    text = re.sub("[\uff01-\uff5e]", lambda wide: chr(ord(wide[0]) - 0xFEE0), re.sub("\r\n?|[\v\f\x85\u2028\u2029]", "\n", text))
    text = re.sub(BETWEEN, " ", re.sub(PASSED, "", text)).replace("=", ":")
    text = re.sub(r"\bCHECK +GROUPS?\b *:?", " ", re.sub("[^A-Za-z0-9:/ \n]", "?", text).upper())
    return LINE_ENDS.sub(lambda end: "/" + (end[1] or "").lower(), text).replace(":", " ")
def row_symbols(row, count):
    """Section 3: the symbols of a row after `count` others, if `A7` is a name where due, and if not."""
    words, symbols = row.split(), ""
    names = [re.fullmatch("[ABC]([1-9][0-9]?)", word) for word in words]
    for word, name in zip(words, names):
        if not name or count + len(symbols) != 4 * int(name[1]) - 4 and (len(names) == 1 or None in names):
            symbols += word
    return [letters.translate(str.maketrans("BOI1", "80LL")) for letters in (symbols, "".join(words))]
def lines_of(text):  # section 3, What is typed: the lines of a text
    demand(len(text.encode("utf-8", "replace")) <= TEXT_LIMIT, "share-unreadable", "the text is too long")
    lines = [SimpleNamespace(letters="", every="", row=1)]
    for row_number, row in enumerate(plain_text(text).split("\n"), 1):
        for place, part in enumerate(row.split("/") if row.strip() else ("", "")):
            letters, prefixed = lines[-1].letters, part[:2] in ("sr", "zz")
            added, every = row_symbols(part[2:] if prefixed else part, 0 if place else len(letters))
            length = 72 if ALPHABET.find(letters[1:2]) in range(8, 24) else 88
            if place or letters and added and not len(letters) < length >= len(letters + added) - 8:
                lines.append(SimpleNamespace(letters="", every="", row=row_number))
            last = lines[-1]
            last.row = last.row if last.letters else row_number
            last.letters, last.every = (last.letters + added)[:128], (last.every + every)[:128]
    for line in lines:
        line.letters = line.every if world_of(line.every) else line.letters
    return [line for line in lines if line.letters]
def read_line(line, world=None):
    """Section 3: the fields of a line, judged in the order that the text gives."""
    found, newer = world_of(line.letters), "share-of-newer-version"
    demand(found, "share-unreadable", "the checksum does not hold, compare it with the paper")
    demand(world in (None, found), "share-of-other-world", f"it is of the world {found}")
    bits = "".join(format(ALPHABET.index(letter), "05b") for letter in line.letters[:-13]).ljust(10, "0")
    number, profile = int(bits[5:7], 2), int(bits[7:10], 2)
    known = int(bits[:5], 2) == 0 and number < 3 and profile < 2 and (number < 2 or profile)
    demand(known, newer, "its version, line or lock profile is none that this program knows")
    demand(len(line.letters) == (72 if number else 88), "share-unreadable", "it has not its length")
    field = {name: int(bits[bit:bit + width], 2) for name, (bit, width) in FIELDS[number > 0].items()}
    demand(field.get("kind", 0) == 0, newer, "its identity kind is none that this program knows")
    demand(field["index"] and field.get("needed", 2) > 1, "share-unreadable", "its index or needed is low")
    demand(field.get("last", 0) == 0, newer, "its last bit is none that this program knows")
    field.update(body=field["body"].to_bytes(32, "big"), head=(found, field["index"], field["mark"], profile))
    return SimpleNamespace(**field, world=found, line="ABC"[number], profile=profile, bits=bits, row=line.row)
def joined(*lines):  # section 3: one share from its lines
    line, heads = {read.line: read for read in lines}, {read.head for read in lines}
    demand(len(line) == len(lines) and len(heads) < 2, "share-lines-differ", "its lines do not fit together")
    known = "A" in line and ("B" in line or not line["A"].profile)
    demand(known, "share-incomplete", "line A is missing, or line B of a locked share")
    share, line_b, line_c = line["A"], line.get("B"), line.get("C")
    share.value, share.fingerprint = share.body, f"{share.whole:022x}"
    share.aad = PREFIXES[share.world].encode() + (int(share.bits[:119], 2) << 1).to_bytes(15, "big")
    share.salt, share.tag = (line_b.body[:16], line_b.body[16:]) if share.profile else (None, None)
    share.blinder = getattr(line_c if share.profile else line_b, "body", None)
    return share
# ---- RFC 8439, RFC 5869, RFC 7748 and BIP-173 ---------------------------------------------------
def chacha_block(key, counter, nonce):  # RFC 8439, 2.3
    start = struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)
    state, columns = list(start), [(at, at + 4, at + 8, at + 12) for at in range(4)]
    diagonals = [(at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4) for at in range(4)]
    for a, b, c, d in (columns + diagonals) * 10:
        for into, plus, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[into] = (state[into] + state[plus]) & 0xFFFFFFFF
            mixed = state[turned] ^ state[into]
            state[turned] = (mixed << by | mixed >> 32 - by) & 0xFFFFFFFF
    return struct.pack("<16I", *((one + other) & 0xFFFFFFFF for one, other in zip(start, state)))
def aead_opened(key, nonce, sealed, aad=b""):  # RFC 8439, 2.8: the plaintext, or None if the tag is wrong
    body, tag, once, total = sealed[:-16], sealed[-16:], chacha_block(key, 0, nonce), 0
    data = b"".join(it + bytes(-len(it) % 16) for it in (aad, body, struct.pack("<QQ", len(aad), len(body))))
    for at in range(0, len(data), 16):
        total += little(data[at:at + 16] + b"\1")
        total = total * (little(once[:16]) & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF) % (2**130 - 5)
    if not hmac.compare_digest(((total + little(once[16:32])) % 2**128).to_bytes(16, "little"), tag):
        return None
    stream = b"".join(chacha_block(key, 1 + at // 64, nonce) for at in range(0, len(body), 64))
    return bytes(one ^ other for one, other in zip(body, stream))
def hkdf(ikm, info, salt=bytes(32)):  # RFC 5869, for 32 bytes
    return hmac.digest(hmac.digest(salt, ikm, "sha256"), info + b"\1", "sha256")
def x25519(secret, point=bytes([9]) + bytes(31)):  # RFC 7748, 5: the Montgomery ladder
    low, high, start = (1, 0), (little(point) % 2**255, 1), little(point) % 2**255
    for bit in format(little(secret) & 2**255 - 8 | 2**254, "b")[-255:]:
        low, high = (high, low) if bit == "1" else (low, high)
        plus, minus = (low[0] + low[1]) ** 2, (low[0] - low[1]) ** 2
        one, other = (high[0] - high[1]) * (low[0] + low[1]), (high[0] + high[1]) * (low[0] - low[1])
        high = (one + other) ** 2 % PRIME, start * (one - other) ** 2 % PRIME
        low = plus * minus % PRIME, (plus - minus) * (plus + 121665 * (plus - minus)) % PRIME
        low, high = (high, low) if bit == "1" else (low, high)
    return (low[0] * pow(low[1], PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")
def bech32(prefix, data):  # BIP-173, of 32 bytes
    bits = format(int.from_bytes(data, "big") << 4, "0260b")
    symbols = [int(bits[at:at + 5], 2) for at in range(0, 260, 5)]
    check = residue(prefix, symbols + [0] * 6, BECH32, 25) ^ 1
    symbols += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(ALPHABET[symbol] for symbol in symbols).lower()
# ---- Section 5: Ristretto255 and Pedersen's shares ----------------------------------------------
def decoded(encoding):  # RFC 9496, 4.3.1: an element (x, y, z, t), or None if it is not the encoding of any
    number = little(encoding)
    minus, plus = (1 - number * number) % PRIME, (1 + number * number) % PRIME
    middle = (-EDWARDS_D * minus * minus - plus * plus) % PRIME
    root = pow(middle * plus * plus, (7 * PRIME - 11) // 8, PRIME)
    root = root if middle * (plus * root) ** 2 % PRIME == 1 else root * ROOT_OF_MINUS_1 % PRIME
    x, y = 2 * number * root * plus % PRIME, minus * root * root * plus * middle % PRIME
    x, is_square = PRIME - x if x & 1 else x, middle * (plus * root) ** 2 % PRIME == 1
    good = number < PRIME and not number & 1 and is_square and y and not x * y % PRIME & 1
    return (x, y, 1, x * y % PRIME) if good else None
def add(one, other):  # RFC 8032, 5.1.4: the complete addition
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * EDWARDS_D * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = (b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME
def times(number, element):
    result = neutral = (0, 1, 1, 0)
    for bit in format(number, "b"):
        result = add(add(result, result), element if bit == "1" else neutral)
    return result
def scalar(data):  # section 5
    demand(little(data) < ORDER, "share-forged", "it holds a number that is no scalar")
    return little(data)
def prove(share, core):  # section 5, Proof; equality is that of RFC 9496, 4.5
    value, blinder, right = scalar(share.value), scalar(share.blinder), core.points[-1]
    x, y, _, _ = add(times(value, decoded(GENERATOR_G)), times(blinder, decoded(GENERATOR_H)))
    for point in core.points[-2::-1]:
        right = add(times(share.index, right), point)
    same = 0 in ((x * right[1] - y * right[0]) % PRIME, (y * right[1] - x * right[0]) % PRIME)
    demand(same, "share-forged", "it is not one that was dealt, its proof fails")
def combined(shares):  # section 5, Combining: Lagrange at 0
    points, total = {share.index: scalar(share.value) for share in shares}, 0
    for index, value in points.items():
        for other in points.keys() - {index}:
            value = value * other * pow(other - index, -1, ORDER) % ORDER
        total += value
    return total % ORDER
# ---- Sections 7 to 9: the lock, fingerprints and the core of a set ------------------------------
def asked_passphrase(share):  # from the terminal, and never from standard input, to which getpass might turn
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
        return [getpass.getpass(f"passphrase of share {share.index} (typed row {share.row}): ")]
    except (OSError, EOFError):
        return []
def opened(share, passphrases=None):
    """Section 7: a share without its lock; a passphrase that opens one moves to the end of the list."""
    demand(importlib.util.find_spec("argon2"), "share-locked", "left out, pip install argon2-cffi first")
    passphrases = asked_passphrase(share) if passphrases is None else passphrases
    demand(passphrases, "share-locked", "it needs a passphrase, and none is given")
    from argon2.low_level import Type, hash_secret_raw
    for passphrase in list(passphrases):
        words = re.sub(" +", " ", passphrase).strip(" ")
        if re.fullmatch("[ -~]{1,256}", words):
            key = hash_secret_raw(words.encode(), share.salt, 3, 262144, 1, 64, Type.ID, 19)
            value = aead_opened(key[:32], bytes(12), share.value + share.tag, share.aad)
            if value:
                passphrases.append(passphrases.pop(passphrases.index(passphrase)))
                blinder = share.blinder and bytes(one ^ other for one, other in zip(share.blinder, key[32:]))
                return SimpleNamespace(**{**vars(share), "value": value, "blinder": blinder})
    raise Refused("passphrase-wrong", "no passphrase that was given opens it")
def fingerprint(tag, digest):  # section 8
    return hashlib.pbkdf2_hmac("sha256", tag + digest, b"strongroom/v1/words", 262144)[:11]
def core_of(text):
    """Section 9: the core that a set file renders, refused where a byte is not as a rebuilt file has it."""
    found = SET_FORM.fullmatch(text)
    demand(found, "set-unfit", "it is not the rendering of a core")
    core = SimpleNamespace(**found.groupdict())
    core.needed, core.total = map(int, core.threshold.split("-of-"))
    vault, rows = bytes.fromhex(core.vault), list(map(bytes.fromhex, re.findall(HEX32, core.commitments)))
    core.points, symbols = list(map(decoded, rows)), list(map(ALPHABET.find, core.recipient[4:].upper()))
    demand(2 <= core.needed <= core.total <= 255 and len(rows) == core.needed and bytes(32) not in rows
           and all(core.points) and list(PREFIXES)[vault[0]] == core.mode and int(core.epoch) < 2**32
           and residue("age", symbols, BECH32, 25) == 1 and (core.epoch == "1") == (core.before == "0" * 64),
           "set-unfit", "one of its values is not what sections 5 and 9 demand")
    name, region = (bytes([len(text)]) + text.encode() for text in (core.name, core.region or ""))
    data = b"strongroom/v1/core" + vault + vault[:1] + name + bytes([PURPOSES.index(core.purpose)]) + region
    data += struct.pack(">IBBBH", int(core.epoch), core.needed, core.total, 0, 62) + core.recipient.encode()
    digest = hashlib.sha256(data + b"".join(rows) + bytes.fromhex(core.successor_key + core.before)).digest()
    same = (core.sha256, core.fingerprint) == (digest.hex(), fingerprint(b"set", digest).hex())
    demand(same, "set-unfit", "its hash or its fingerprint is of another core")
    return core
# ---- Sections 10 and 14: a record ---------------------------------------------------------------
def age_opened(file, seed):
    """Section 14: the plaintext of a record, or None where the identity is none of its recipients."""
    header = AGE_HEADER.match(file) if len(file) <= FILE_LIMIT else None
    demand(header and file.count(b"\n-> ", 0, header.end()) <= 64, "record-unfit", "it is no age file")
    for stanza in AGE_STANZA.findall(header[1]):
        ephemeral, sealed = (base64.b64decode(part + b"=") for part in stanza)
        shared, salt = x25519(seed, ephemeral), ephemeral + x25519(seed)
        key = aead_opened(hkdf(shared, b"age-encryption.org/v1/X25519", salt), bytes(12), sealed)
        if key and any(shared):
            mac = hmac.digest(hkdf(key, b"header"), file[:header.end(1) + 3], "sha256")
            same, payload = hmac.compare_digest(mac, base64.b64decode(header[2] + b"=")), file[header.end():]
            demand(same and len(payload) == 1056, "record-unfit", "its header or its length was changed")
            plain = aead_opened(hkdf(key, b"payload", payload[:16]), bytes(11) + b"\1", payload[16:])
            demand(plain, "record-unfit", "its payload was changed")
            return plain
def is_secret(factor, secret):  # section 10: whether this object is the `secret` of that factor
    seed, forms = secret.get("seed", ""), SECRETS[factor]
    same = base64.b32encode(base64.b32decode(seed + "=" * (-len(seed) % 8))).decode().rstrip("=") == seed
    return (same and {*secret, "label"} == {*forms, "label"} and len(secret.get("contact", "").encode()) < 601
            and all(re.fullmatch(forms[key], to_json(value)) for key, value in secret.items()))
def once_each(pairs):  # section 10: a JSON object whose keys are there once
    demand(len(dict(pairs)) == len(pairs), "record-unfit", "a key is there twice")
    return dict(pairs)
def secret_of(plain, path, vault):
    """Section 10: the secret of an opened record, which must be the one that was asked for."""
    account, factor, mfa, device, generation = RECORD_PATH.fullmatch(path).groups()
    try:
        record = json.loads(plain.rstrip(b" "), object_pairs_hook=once_each)
        made, secret = re.fullmatch("([0-9T:-]{19})([.][0-9]+)?Z", record.pop("made")), record.pop("secret")
        time.strptime(made[1], "%Y-%m-%dT%H:%M:%S")
        asked = dict(schema="strongroom/record/1", vault=vault or record["vault"], account=account,
                     factor=factor or mfa, generation=int(generation), **{"device": device} if device else {})
        same = to_json(sorted(record.items())) == to_json(sorted(asked.items())) and plain.strip(b" ")[-1:] == b"}"
        demand(same and is_secret(factor or mfa, secret), "record-unfit", "it is not the one asked for")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("record-unfit", "what it holds is not of section 10") from None
    return {**secret, "label": secret.get("label", "")} if mfa else secret
def code_of(secret, now):  # RFC 6238
    seed = base64.b32decode(secret["seed"] + "=" * (-len(secret["seed"]) % 8))
    digest = hmac.digest(seed, struct.pack(">Q", now // secret["period"]), secret["algorithm"])
    number = int.from_bytes(digest[digest[-1] & 15:][:4], "big") & 0x7FFFFFFF
    return str(number % 10 ** secret["digits"]).zfill(secret["digits"])
# ---- Sections 4 and 5: from shares to the identity ----------------------------------------------
def sorted_out(shares, core, passphrases, refuse):
    """Section 4: the proved shares and the others, by index; `refuse(share, why)` hears of those left out."""
    proved, others, unproved = {}, [], {}
    for share in shares:
        try:
            demand(share.world == core.mode, "share-of-other-world", "its set is of the other world")
            demand(share.fingerprint == core.fingerprint, "share-of-unknown-set", "it is of another set")
            fits = share.needed == core.needed and share.index <= core.total
            demand(fits, "share-forged", "its index or needed is not as the set has it")
            share = opened(share, passphrases) if share.profile else share
            if scalar(share.value) >= 0 and core.points and share.blinder:
                prove(share, core)
                proved[share.index] = share
            else:
                others.append(share)
        except Refused as why:
            refuse(share, why)
    for share in others:
        before = proved.get(share.index) or unproved.setdefault(share.index, share)
        if before.value != share.value:
            refuse(share, Refused("share-conflicting", "another share has its index and another value"))
    return list(proved.values()), list(unproved.values())
def identity_seed(proved, unproved, core, file=None):
    """Sections 5 and 6: the seed, by the first choice that gives the recipient, or else opens a file."""
    demand(len(proved + unproved) >= core.needed, "too-few-shares", f"{core.needed} are needed")
    choices = itertools.combinations(unproved, max(0, core.needed - len(proved)))
    for choice in itertools.islice(choices, MOST_TRIES):
        number = combined(proved[:core.needed] + list(choice)).to_bytes(32, "little")
        seed = hkdf(number, f"strongroom/v1/identity/{core.mode}/0".encode())
        recipient = bech32("age", x25519(seed))
        if recipient == core.recipient or not core.recipient and (not file or age_opened(file, seed)):
            return seed
    raise Refused("quorum-refused", "they do not give the key of the set")
# ---- The command --------------------------------------------------------------------------------
def say(text):
    os.write(2, f"strongroom_recover: {text}\n".encode("utf-8", "backslashreplace"))
def attempt(where, call, *arguments):  # what the call gives, or None where it refuses, which is said
    try:
        return call(*arguments)
    except Refused as why:
        say(f"{where}: {why}")
def read_file(path, limit):
    with open(path, "rb") as file:
        return file.read(limit + 1)
def typed_shares(text):
    """The shares of the input, by index, mark and lock; a letter that comes again begins another share."""
    heads, shares = {}, []
    for line in lines_of(text):
        name = "ABC?"[ALPHABET.find(line.letters[1:2]) >> 3]
        read = attempt(f"typed row {line.row}, line {name}", read_line, line)
        if read:
            groups = heads.setdefault(read.head, [{}])
            groups += [{}] if groups[-1].get(read.line, read).bits != read.bits else []
            groups[-1][read.line] = read
    for group in itertools.chain(*heads.values()):
        shares.append(attempt(f"typed row {min(one.row for one in group.values())}", joined, *group.values()))
    return [share for share in shares if share]
def held_against_ledger(vault, path, file):
    """Sections 10 and 11: the `enrolled` lines must name the hash of the record file for its generation."""
    account, factor, mfa, device, generation = RECORD_PATH.fullmatch(path).groups()
    form = f'{{"account":"{account}",' + f'"device":"{device}",' * bool(device) + r'"generation":(\d{1,20}),'
    form, start = form + rf'"sets":\[[^]]*\],"sha256":"({HEX32})"', f'"body":{{"factor":"{factor or mfa}",'
    chains, named = list(vault.glob("ledger/[!.]*.jsonl")) if vault else [], set()
    for chain in chains:
        for row in read_file(chain, LEDGER_LIMIT).decode("utf-8", "replace").split("\n")[:-1]:
            named |= set(re.findall(form, row) if start in row and '"kind":"enrolled"' in row else ())
    same = not chains or (generation, hashlib.sha256(file).hexdigest()) in named
    demand(same, "record-replaced", "the ledger names another hash, or none, for this generation")
    if any(int(other) > int(generation) for other, _ in named):
        say("note: the ledger has a later generation of this record")
def core_at_hand(set_file, vault, shares):
    """Section 9: the core of most of the shares; without any set file what their line A says of it."""
    most = max(shares, key=lambda one: sum(one.fingerprint == other.fingerprint for other in shares))
    set_files = [set_file] if set_file else sorted(vault.glob("sets/*/[!.]*.toml")) if vault else []
    for path in set_files:
        core = attempt(path, core_of, read_file(path, FILE_LIMIT).decode("utf-8", "replace"))
        if core and core.fingerprint == most.fingerprint:
            return core
    demand(not set_files, "share-of-unknown-set", "no set file at hand has the fingerprint of the shares")
    return SimpleNamespace(name=most.fingerprint, fingerprint=most.fingerprint, mode=most.world,
                           needed=most.needed, total=255, points=None, recipient=None, vault=None)
def recover(options):  # the whole way, from standard input to standard output
    text, record, vault, path, file = read_file(0, TEXT_LIMIT), options.record, options.vault, None, None
    if record:
        path, file = "/".join(record.absolute().parts[-3:]), read_file(record, FILE_LIMIT)
        demand(RECORD_PATH.fullmatch(path), "record-unfit", "its path is not that of a record")
        vault = vault if vault or options.set else record.absolute().parents[2]
        held_against_ledger(vault, path, file)
    os.listdir(vault or ".")  # a vault that is not there is a wrong request
    rows = options.passphrases and read_file(options.passphrases, TEXT_LIMIT).decode("utf-8-sig", "replace")
    passphrases = rows and [row for row in rows.splitlines() if row.strip() and row[0] != "#"]
    shares = typed_shares(text.decode("utf-8", "replace"))
    demand(shares, "too-few-shares", "no share was read")
    core = core_at_hand(options.set, vault, shares)
    say(f"{core.mode.upper()}, set {core.name}{'' if core.points else ', no set file: nothing is proved'}")
    refuse = lambda share, why: say(f"typed row {share.row}, share {share.index} of set {core.name}: {why}")
    seed = identity_seed(*sorted_out(shares, core, passphrases, refuse), core, file)
    plain = age_opened(file, seed) if record else b""
    demand(plain is not None, "record-unfit", "the identity is none of its recipients")
    answer = secret_of(plain, path, core.vault) if record else {"": bech32("age-secret-key-", seed).upper()}
    secret = code_of(answer, int(time.time())) if "seed" in answer else list(answer.values())[0]
    return os.write(1, secret.encode() + b"\n")
def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2].strip(), allow_abbrev=False)
    parser.error = lambda message: parser.exit(2, parser.format_usage())  # the message quotes the arguments
    for option in ("--record", "--set", "--vault", "--passphrases"):
        parser.add_argument(option, metavar="FILE", type=pathlib.Path)
    options = parser.parse_args()
    try:
        return 0 if attempt(options.record or "the shares", recover, options) else 1
    except (Exception, KeyboardInterrupt) as error:  # never a traceback, which could quote a secret
        say(error if isinstance(error, OSError) else f"stopped by {type(error).__name__}")
        return 2 if isinstance(error, OSError) else 1
if __name__ == "__main__":
    sys.exit(main())
