#!/usr/bin/env python3
"""strongroom_recover: from the shares on paper to the secret, in one file, by the specification alone.

    python3 -I strongroom_recover.py [--record FILE] [--set FILE] [--vault DIR] [--passphrases FILE] < lines.txt

Standard input: what was typed or scanned of as many shares as are needed, spares welcome. Standard output: the
secret alone. Exit status: 0 done, 1 the answer is no, 2 the request is wrong. Locked shares need argon2-cffi. The
sections named below are those of the specification. It deliberately does not correct typing: it points at the line,
to be compared with the paper. It is not constant time and wipes no memory: run it on an offline machine. It judges
no anchor and no whole ledger. The words of a set are compared where the list english.txt lies beside this file."""
import argparse, base64, datetime, getpass, hashlib, hmac, itertools, json, os, pathlib, re, struct, sys, time
from types import SimpleNamespace

ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"  # section 1, as the generator, the target and the limits
CODEX = 0x19dc500ce73fde210, 0x1bfae00def77fe529, 0x1fbd920fffe7bee52, 0x1739640bdeee3fdad, 0x07729a039cfc75f5a
CODEX_TARGET, BECH32 = 0x10ce0795c2fd1e62a, (0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)
TEXT_LIMIT, FILE_LIMIT, LEDGER_LIMIT, MOST_TRIES = 1048576, 65536, 268435456, 4096
PREFIXES = {"production": "SR1", "rehearsal": "ZZ1"}  # section 2; their places are the numbers of the worlds
LINE_A = dict(kind=(10, 5), needed=(15, 8), index=(23, 8), mark=(31, 20), fingerprint=(31, 88), body=(119, 256))
LINES_B_C = dict(index=(10, 8), mark=(18, 20), body=(38, 256), last=(294, 1))  # section 3: bit and width
PASSED_OVER = "[\xad\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
BETWEEN = r"[^\S\n]|[\0-\x09\x0b-\x1f\x7f-\x9f‐-―−‘-‟‹›«»·•.,;'\"()\[\]{}<>|`-]"  # section 3, What is typed
LINE_ENDS = re.compile(r"/|\bLINE +[ABC]\b *:?|\b[ABC] *:|(?=\b[ABC]1\b)|\b(SR|ZZ)1")
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # section 5
EDWARDS_D, ROOT_OF_MINUS_1 = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME, pow(2, (PRIME - 1) // 4, PRIME)
GENERATOR_G = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
GENERATOR_H = bytes.fromhex("4603406ff50a038e1cf9132e200cc55827994023fcd6b29978c351d4e7524377")
NAME, HEX32, PURPOSES = "(?!-)[a-z0-9-]{1,32}(?<!-)", "[0-9a-f]{64}", ["password", "mfa", "contact"]
SET_KEYS = {"schema": "strongroom/set/1", "vault": "[0-9a-f]{32}", "mode": "production|rehearsal", "name": NAME,
            "purpose": "|".join(PURPOSES), "region": NAME, "epoch": "[1-9][0-9]{0,9}",
            "threshold": "[1-9][0-9]*-of-[1-9][0-9]*", "identity_kind": "x25519",
            "recipient": f"age1[{ALPHABET.lower()}]{{58}}", "successor_key": HEX32, "before": HEX32,
            "sha256": HEX32, "fingerprint": "[0-9a-f]{22}", "words": "[a-z ]+"}  # section 9
SET_ROWS = [f'(?:{key} = "(?P<{key}>{form})"\n)' + "?" * (key == "region") for key, form in SET_KEYS.items()]
SET_FORM = re.compile("".join(SET_ROWS) + f'commitments = \\[\n(?P<commitments>(?:  "{HEX32}",\n)+)\\]\n')
RECORD_PATH = re.compile(f"records/({NAME})/(?:(password|contact)|(mfa)-({NAME}))[.]([1-9][0-9]*)[.]age")
BASE64 = b"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])\n"  # section 14: 32 bytes without padding
AGE_HEADER = re.compile(b"age-encryption[.]org/v1\n((?:-> .*\n(?:(?!-> |---).*\n)*)+)--- " + BASE64)
AGE_STANZA = re.compile(b"^-> X25519 " + BASE64 + BASE64 + b"(?![^-])", re.MULTILINE)

class Refused(Exception):
    """A refusal: a reason, which is a name of section 15, and a sentence."""
    reason = property(lambda self: self.args[0])
def demand(holds, reason, sentence):
    if not holds:
        raise Refused(reason, sentence)

# Section 3: shares on paper
def residue(prefix, symbols, generator=CODEX, width=60):
    """Section 3: the checksum of codex32; with another generator and width that of bech32."""
    result = 1
    for symbol in [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix] + symbols:
        top, result = result >> width, (result & (1 << width) - 1) << 5 ^ symbol
        for bit in range(5):
            result ^= generator[bit] if top >> bit & 1 else 0
    return result
def world_of(letters):
    """Section 3: the world under whose prefix the checksum of a line holds, or None."""
    symbols = [ALPHABET.find(letter) for letter in letters]
    whole = [world for world, prefix in PREFIXES.items() if residue(prefix[:2].lower(), symbols) == CODEX_TARGET]
    return whole[0] if whole and -1 not in symbols else None
def plain_text(text):
    """Section 3, What is typed: capitals, digits, `:`, row ends, `/` where a line ends, blanks, else `?`."""
    text = re.sub("[\uff01-\uff5e]", lambda wide: chr(ord(wide[0]) - 0xFEE0), re.sub("\r\n?", "\n", text))
    text = re.sub(BETWEEN, " ", re.sub(PASSED_OVER, "", text)).replace("=", ":")
    text = re.sub(r"\bCHECK +GROUPS?\b *:?", " ", re.sub("[^A-Za-z0-9:/ \n]", "?", text).upper())
    return LINE_ENDS.sub(lambda end: "/" + (end[1] or "").lower(), text).replace(":", " ")
def row_symbols(row, count):
    """Section 3: the symbols of a row after `count` others; `A7` is a name where due, or in a row of names."""
    words, symbols = row.split(), ""
    numbers = [int(word[1:]) if re.fullmatch("[ABC][1-9][0-9]?", word) else 0 for word in words]
    only_names = all(numbers) and len(words) > 1 and numbers == list(range(numbers[0], numbers[0] + len(words)))
    for word, number in zip(words, numbers):
        if not number or not only_names and count + len(symbols) != 4 * number - 4:
            symbols += word.translate(str.maketrans("BOI1", "80LL"))
    return symbols
def lines_of(text):
    """Section 3, What is typed: the lines of a text."""
    demand(len(text.encode("utf-8", "replace")) <= TEXT_LIMIT, "share-unreadable", "the text is too long")
    lines = [SimpleNamespace(letters="", world=None, row=1)]
    for row_number, row in enumerate(plain_text(text).split("\n"), 1):
        for place, part in enumerate(row.split("/") if row.strip() else ("", "")):
            letters, world = lines[-1].letters, {"sr": "production", "zz": "rehearsal"}.get(part[:2])
            added = row_symbols(part[2:] if world else part, 0 if place else len(letters))
            length = 72 if ALPHABET.find(letters[1:2]) in range(8, 24) else 88
            if place or letters and added and not len(letters) < length >= len(letters + added) - 8:
                lines.append(SimpleNamespace(letters="", world=world, row=row_number))
            lines[-1].row = lines[-1].row if lines[-1].letters else row_number
            lines[-1].letters = (lines[-1].letters + added)[:128]
    return [line for line in lines if line.letters]
def bits_of(letters):
    return "".join(format(ALPHABET.index(letter), "05b") for letter in letters)
def read_line(line, world=None):
    """Section 3: the fields of a line, judged in the order that the text gives."""
    found, data, newer = world_of(line.letters), line.letters[:-13], "share-of-newer-version"
    demand(found, "share-unreadable", "the checksum does not hold; compare the line with the paper")
    demand({line.world, world} <= {found, None}, "share-of-other-world", f"it is of the other world, {found}")
    bits = bits_of(data).ljust(10, "0")
    version, number, profile = int(bits[:5], 2), int(bits[5:7], 2), int(bits[7:10], 2)
    demand(version == 0 and number < 3, newer, "its version or line is none that this program knows")
    demand(profile < 2 and (number < 2 or profile), newer, "its lock profile is none that this program knows")
    demand(len(data) == (59 if number else 75), "share-unreadable", "it has not the length of its line")
    table = LINES_B_C if number else LINE_A
    field = {name: int(bits[start:start + width], 2) for name, (start, width) in table.items()}
    demand(field.get("kind", 0) == 0, newer, "its identity kind is none that this program knows")
    demand(field["index"] and field.get("needed", 2) > 1, "share-unreadable", "its index or needed is too small")
    demand(field.get("last", 0) == 0, newer, "its last bit is none that this program knows")
    field.update(body=field["body"].to_bytes(32, "big"), world=found, line="ABC"[number], profile=profile)
    return SimpleNamespace(**field, bits=bits, row=line.row)
def joined(lines):
    """Section 3: one share from its lines."""
    line = {read.line: read for read in lines}
    heads = {(read.world, read.index, read.mark, read.profile) for read in lines}
    demand(len(line) == len(lines) and len(heads) < 2, "share-lines-differ", "its lines do not belong together")
    demand("A" in line, "share-incomplete", "line A is missing")
    share, line_b, line_c = line["A"], line.get("B"), line.get("C")
    demand(line_b or not share.profile, "share-incomplete", "line B of a locked share is missing")
    share.value, share.fingerprint = share.body, f"{share.fingerprint:022x}"
    share.aad = PREFIXES[share.world].encode() + (int(share.bits[:119], 2) << 1).to_bytes(15, "big")
    share.salt, share.tag = (line_b.body[:16], line_b.body[16:]) if share.profile else (None, None)
    share.blinder = getattr(line_c if share.profile else line_b, "body", None)
    return share

# RFC 8439, RFC 5869, RFC 7748 and BIP-173
def chacha_block(key, counter, nonce):
    """RFC 8439, 2.3: one block of 64 bytes."""
    start = struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)
    state, columns = list(start), [(at, at + 4, at + 8, at + 12) for at in range(4)]
    diagonals = [(at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4) for at in range(4)]
    for a, b, c, d in (columns + diagonals) * 10:
        for into, add, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[into] = (state[into] + state[add]) & 0xFFFFFFFF
            mixed = state[turned] ^ state[into]
            state[turned] = (mixed << by | mixed >> 32 - by) & 0xFFFFFFFF
    return struct.pack("<16I", *((one + other) & 0xFFFFFFFF for one, other in zip(start, state)))
def aead_opened(key, nonce, sealed, aad=b""):
    """RFC 8439, 2.8: the plaintext, or None where the tag does not hold."""
    body, tag, once = sealed[:-16], sealed[-16:], chacha_block(key, 0, nonce)
    data = aad + bytes(-len(aad) % 16) + body + bytes(-len(body) % 16) + struct.pack("<QQ", len(aad), len(body))
    factor, total = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF, 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at:at + 16] + b"\1", "little")) * factor % (2**130 - 5)
    expected = (total + int.from_bytes(once[16:32], "little")) % 2**128
    if not hmac.compare_digest(expected.to_bytes(16, "little"), tag):
        return None
    stream = b"".join(chacha_block(key, 1 + at // 64, nonce) for at in range(0, len(body), 64))
    return bytes(one ^ other for one, other in zip(body, stream))
def hkdf(ikm, info, salt=bytes(32)):
    """RFC 5869, for 32 bytes."""
    return hmac.digest(hmac.digest(salt, ikm, "sha256"), info + b"\1", "sha256")
def x25519(secret, point=bytes([9]) + bytes(31)):
    """RFC 7748, 5: the Montgomery ladder."""
    number, start = int.from_bytes(secret, "little"), int.from_bytes(point, "little") % 2**255
    low, high = (1, 0), (start, 1)
    for bit in format(number & 2**255 - 8 | 2**254, "0255b")[-255:]:
        low, high = (high, low) if bit == "1" else (low, high)
        plus, minus = (low[0] + low[1]) ** 2, (low[0] - low[1]) ** 2
        one, other = (high[0] - high[1]) * (low[0] + low[1]), (high[0] + high[1]) * (low[0] - low[1])
        high = (one + other) ** 2 % PRIME, start * (one - other) ** 2 % PRIME
        low = plus * minus % PRIME, (plus - minus) * (plus + 121665 * (plus - minus)) % PRIME
        low, high = (high, low) if bit == "1" else (low, high)
    return (low[0] * pow(low[1], PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")
def bech32(prefix, data):
    """BIP-173: 32 bytes as text."""
    bits = format(int.from_bytes(data, "big") << 4, "0260b")
    symbols = [int(bits[at:at + 5], 2) for at in range(0, 260, 5)]
    check = residue(prefix, symbols + [0] * 6, BECH32, 25) ^ 1
    symbols += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(ALPHABET[symbol] for symbol in symbols).lower()

# Section 5: Ristretto255 and Pedersen's shares
def decoded(encoding):
    """RFC 9496, 4.3.1: an element (x, y, z, t), or None where this is not the one encoding of any."""
    number = int.from_bytes(encoding, "little")
    minus, plus = (1 - number * number) % PRIME, (1 + number * number) % PRIME
    middle = (-EDWARDS_D * minus * minus - plus * plus) % PRIME
    root = pow(middle * plus * plus, (7 * PRIME - 11) // 8, PRIME)
    root = root if middle * (plus * root) ** 2 % PRIME == 1 else root * ROOT_OF_MINUS_1 % PRIME
    x, y = 2 * number * root * plus % PRIME, minus * root * root * plus * middle % PRIME
    x = PRIME - x if x & 1 else x
    is_square = middle * (plus * root) ** 2 % PRIME == 1
    good = number < PRIME and not number & 1 and is_square and y and not x * y % PRIME & 1
    return (x, y, 1, x * y % PRIME) if good else None
def add(one, other):
    """RFC 8032, 5.1.4: the complete addition."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * EDWARDS_D * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = (b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME
def times(number, element):
    result = (0, 1, 1, 0)
    for bit in format(number, "b"):
        result = add(result, result)
        result = add(result, element) if bit == "1" else result
    return result
def scalar(data):
    """Section 5: a scalar is little-endian and below the order."""
    demand(int.from_bytes(data, "little") < ORDER, "share-forged", "it holds a number that is no scalar")
    return int.from_bytes(data, "little")
def prove(share, core):
    """Section 5, Proof; equality is that of RFC 9496, 4.5."""
    left = times(scalar(share.value), decoded(GENERATOR_G)), times(scalar(share.blinder), decoded(GENERATOR_H))
    (x, y, _, _), right = add(*left), core.points[-1]
    for point in core.points[-2::-1]:
        right = add(times(share.index, right), point)
    same = 0 in ((x * right[1] - y * right[0]) % PRIME, (y * right[1] - x * right[0]) % PRIME)
    demand(same, "share-forged", "it is not one that was dealt, its proof fails")
def combined(shares):
    """Section 5, Combining: Lagrange at 0."""
    points, total = {share.index: scalar(share.value) for share in shares}, 0
    for index, value in points.items():
        for other in points.keys() - {index}:
            value = value * other * pow(other - index, ORDER - 2, ORDER) % ORDER
        total += value
    return total % ORDER

# Sections 7 to 9: the lock, fingerprints and the core of a set
def asked_passphrase(share):
    """Section 7: from the terminal, and never from standard input, to which getpass alone would turn."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
        return [getpass.getpass(f"passphrase of share {share.index} (typed row {share.row}): ")]
    except (OSError, EOFError):
        return []
def opened(share, passphrases=None):
    """Section 7: a share without its lock; a passphrase that opens one moves to the end of the list."""
    passphrases = asked_passphrase(share) if passphrases is None else passphrases
    demand(passphrases, "share-locked", "it needs a passphrase, and none is given")
    try:
        from argon2.low_level import Type, hash_secret_raw
    except ImportError:
        raise Refused("share-locked", "left out, Argon2id is missing: pip install argon2-cffi") from None
    for passphrase in list(passphrases):
        words = re.sub(" +", " ", passphrase).strip(" ")
        key = hash_secret_raw(words.encode("utf-8", "replace"), share.salt, 3, 262144, 1, 64, Type.ID, 19)
        value = aead_opened(key[:32], bytes(12), share.value + share.tag, share.aad)
        if value and re.fullmatch("[ -~]{1,256}", words):
            passphrases.append(passphrases.pop(passphrases.index(passphrase)))
            blinder = share.blinder and bytes(one ^ other for one, other in zip(share.blinder, key[32:]))
            return SimpleNamespace(**{**vars(share), "value": value, "blinder": blinder})
    raise Refused("passphrase-wrong", "no passphrase that was given opens it")
def fingerprint(tag, digest):
    """Section 8."""
    return hashlib.pbkdf2_hmac("sha256", tag + digest, b"strongroom/v1/words", 262144)[:11]
def words_of(mark):
    """Section 8: the words of a fingerprint, or None without the list."""
    beside = pathlib.Path(__file__).with_name("english.txt")
    listed, number = beside.read_text("utf-8").split() if beside.exists() else [], int.from_bytes(mark, "big")
    return " ".join(listed[number >> 11 * place & 2047] for place in range(7, -1, -1)) if listed else None
def core_of(text):
    """Section 9: the core that a set file renders; it is refused where a byte is not as a rebuilt one has it."""
    found = SET_FORM.fullmatch(text)
    demand(found, "set-unfit", "it is not the rendering of a core")
    core = SimpleNamespace(**found.groupdict())
    core.needed, core.total = map(int, core.threshold.split("-of-"))
    key = int(bits_of(core.recipient[4:56].upper())[:256], 2).to_bytes(32, "big")
    vault, rows = bytes.fromhex(core.vault), [bytes.fromhex(row) for row in re.findall(HEX32, core.commitments)]
    core.points = [decoded(row) for row in rows]
    demand(2 <= core.needed <= core.total <= 255 and len(rows) == core.needed
           and all(core.points) and bytes(32) not in rows and bech32("age", key) == core.recipient
           and vault[0] == list(PREFIXES).index(core.mode)
           and int(core.epoch) < 2**32 and (core.epoch == "1") == (core.before == "0" * 64),
           "set-unfit", "one of its values is not what sections 5 and 9 demand")
    name, region = (bytes([len(text)]) + text.encode() for text in (core.name, core.region or ""))
    data = b"strongroom/v1/core" + vault + vault[:1] + name + bytes([PURPOSES.index(core.purpose)]) + region
    data += struct.pack(">IBBBH", int(core.epoch), core.needed, core.total, 0, 62) + core.recipient.encode()
    data += b"".join(rows) + bytes.fromhex(core.successor_key + core.before)
    mark = fingerprint(b"set", hashlib.sha256(data).digest())
    same = (hashlib.sha256(data).hexdigest(), mark.hex()) == (core.sha256, core.fingerprint)
    demand(same and words_of(mark) in (core.words, None), "set-unfit", "its hash, fingerprint or words are others")
    return core

# Sections 10 and 14: a record
def age_opened(file, seed):
    """Section 14: the plaintext of a record, or None where the identity is none of its recipients."""
    header = AGE_HEADER.match(file) if len(file) <= FILE_LIMIT else None
    demand(header and file.count(b"\n-> ", 0, header.end()) <= 64, "record-unfit", "it is no age file of a record")
    for stanza in AGE_STANZA.findall(header[1]):
        ephemeral, sealed = (base64.b64decode(part + b"=") for part in stanza)
        info, shared = b"age-encryption.org/v1/X25519", x25519(seed, ephemeral)
        key = aead_opened(hkdf(shared, info, ephemeral + x25519(seed)), bytes(12), sealed)
        if key and any(shared):
            mac, payload = hmac.digest(hkdf(key, b"header"), file[:header.end(1) + 3], "sha256"), file[header.end():]
            same = hmac.compare_digest(mac, base64.b64decode(header[2] + b"=")) and len(payload) == 1056
            demand(same, "record-unfit", "its header was changed, or it has another length")
            plain = aead_opened(hkdf(key, b"payload", payload[:16]), bytes(11) + b"\1", payload[16:])
            demand(plain, "record-unfit", "its payload was changed")
            return plain
    return None
def to_json(value):
    """Section 11: canonical JSON, the order of keys apart."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
def is_secret(factor, secret):
    """Section 10: whether this is the `secret` of that factor."""
    if factor != "mfa":
        return list(secret) == [factor] and len(secret[factor].encode()) <= (600 if factor == "contact" else 1024)
    kinds = {"label": "str", **{key: type(value).__name__ for key, value in secret.items()}}
    return (kinds == dict(seed="str", algorithm="str", digits="int", period="int", label="str")
            and re.fullmatch("[A-Z2-7]{10,256}", secret["seed"]) and len(secret["seed"]) % 8 not in (1, 3, 6)
            and secret["algorithm"] in ("SHA1", "SHA256", "SHA512")
            and 6 <= secret["digits"] <= 8 and 1 <= secret["period"] <= 3600)
def secret_of(plain, path, vault=None):
    """Section 10: the secret of an opened record, which must be the one that was asked for."""
    account, factor, mfa, device, generation = RECORD_PATH.fullmatch(path).groups()
    try:
        record = json.loads(plain.rstrip(b" "))
        same = to_json(record).encode() == plain.rstrip(b" ")
        made, secret = record.pop("made"), record.pop("secret")
        asked = dict(schema="strongroom/record/1", vault=vault or record["vault"], account=account,
                     factor=factor or mfa, generation=int(generation), **({"device": device} if device else {}))
        datetime.datetime.strptime(re.sub(r"(?<=:\d\d)[.]\d+(?=Z)", "", made), "%Y-%m-%dT%H:%M:%SZ")
        same = same and to_json(sorted(record.items())) == to_json(sorted(asked.items()))
        demand(same and is_secret(factor or mfa, secret), "record-unfit", "it is not the record that was asked for")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("record-unfit", "what it holds is not of section 10") from None
    return secret
def code_of(secret, now):
    """RFC 6238."""
    seed = base64.b32decode(secret["seed"] + "=" * (-len(secret["seed"]) % 8))
    digest = hmac.digest(seed, struct.pack(">Q", now // secret["period"]), secret["algorithm"])
    number = int.from_bytes(digest[digest[-1] & 15:][:4], "big") & 0x7FFFFFFF
    return str(number % 10 ** secret["digits"]).zfill(secret["digits"])

# Sections 4 and 5: from shares to the identity
def sorted_out(shares, core, passphrases, refuse):
    """Section 4: the proved shares and the others, by index; `refuse(share, why)` hears of those left out."""
    proved, others = {}, []
    for share in shares:
        try:
            demand(share.world == core.mode, "share-of-other-world", "its set is of the other world")
            demand(share.fingerprint == core.fingerprint, "share-of-unknown-set", "it is not of the set at hand")
            fits = share.needed == core.needed and share.index <= core.total
            demand(fits, "share-forged", "its index or needed is not as the set has it")
            share = opened(share, passphrases) if share.profile else share
            if scalar(share.value) >= 0 and core.points and share.blinder:
                prove(share, core)
                proved.setdefault(share.index, share)
            else:
                others.append(share)
        except Refused as why:
            refuse(share, why)
    unproved, known = {}, others + list(proved.values())
    for share in others:
        if any(share.index == other.index and share.value != other.value for other in known):
            refuse(share, Refused("share-conflicting", "another share has its index and another value"))
        elif share.index not in proved:
            unproved[share.index] = share
    return list(proved.values()), list(unproved.values())
def identity_seed(proved, unproved, core, file=None):
    """Sections 5 and 6: the seed, by the first choice of shares that gives the recipient, or else opens the file."""
    demand(len(proved + unproved) >= core.needed, "too-few-shares", f"shares of {core.needed} indices are needed")
    choices = itertools.combinations(unproved, max(0, core.needed - len(proved)))
    for choice in itertools.islice(choices, MOST_TRIES):
        number = combined(proved[:core.needed] + list(choice)).to_bytes(32, "little")
        seed = hkdf(number, f"strongroom/v1/identity/{core.mode}/0".encode())
        if core.recipient == bech32("age", x25519(seed)) or not core.recipient and (not file or age_opened(file, seed)):
            return seed
    reason = "set-unfit" if len(proved) >= core.needed else "quorum-refused"
    raise Refused(reason, "no choice of these shares gives the identity")

# The command
def say(where, why):
    print(f"strongroom_recover: {where}: {why.args[1]} ({why.reason})", file=sys.stderr)
def read_file(path, limit):
    with open(path, "rb") as file:
        return file.read(limit + 1)
def typed_shares(text):
    """The shares of the input, by index, mark and lock; a line that comes again otherwise begins another share."""
    heads = {}
    for line in lines_of(text):
        try:
            read = read_line(line)
            groups = heads.setdefault((read.world, read.index, read.mark, read.profile), [{}])
            if groups[-1].get(read.line, read).bits != read.bits:
                groups.append({})
            groups[-1][read.line] = read
        except Refused as why:
            name = "AAAAAAAABBBBBBBBCCCCCCCC????????"[ALPHABET.find(line.letters[1:2])]
            say(f"typed row {line.row}, line {name}", why)
    for group in itertools.chain(*heads.values()):
        try:
            yield joined(list(group.values()))
        except Refused as why:
            say(f"typed row {min(read.row for read in group.values())}", why)
def held_against_ledger(vault, path, file):
    """Sections 10 and 11: the `enrolled` lines must name the hash of the record file for its generation."""
    account, factor, mfa, device, generation = RECORD_PATH.fullmatch(path).groups()
    form = f'"account":"{account}",' + f'"device":"{device}",' * bool(device)
    form = re.compile(form + r'"generation":(\d{1,20}),"sets":\[[^]]*\],"sha256":"([0-9a-f]{64})"')
    chains, named = [chain for chain in vault.glob("ledger/*.jsonl") if chain.name[0] != "."], set()
    for row in itertools.chain(*(read_file(chain, LEDGER_LIMIT).split(b"\n")[:-1] for chain in chains)):
        row = row.decode("utf-8", "replace")
        if '"kind":"enrolled"' in row and f'"body":{{"factor":"{factor or mfa}",' in row:
            named |= set(form.findall(row))
    same = (generation, hashlib.sha256(file).hexdigest()) in named
    demand(same or not chains, "record-unfit", "the ledger names another hash, or none, for this generation")
    if any(int(other) > int(generation) for other, _ in named):
        print("strongroom_recover: note: the ledger has a later generation of this record", file=sys.stderr)
def core_at_hand(set_file, vault, shares):
    """Section 9: the core of most of the shares; without any set file what line A of them says of it."""
    most = max(shares, key=lambda share: sum(share.fingerprint == other.fingerprint for other in shares))
    set_files = [set_file] if set_file else sorted(vault.glob("sets/*/*.toml")) if vault else []
    for path in set_files:
        try:
            core = core_of(read_file(path, FILE_LIMIT).decode("utf-8", "replace"))
            if core.fingerprint == most.fingerprint:
                return core
        except Refused as why:
            say(path, why)
    demand(not set_files, "share-of-unknown-set", "no set file at hand has the fingerprint of the shares")
    return SimpleNamespace(name=most.fingerprint, fingerprint=most.fingerprint, mode=most.world, needed=most.needed,
                           total=255, points=None, recipient=None, vault=None)
def recovered(options):
    """The whole way, from standard input to the secret."""
    text, record, vault = read_file(0, TEXT_LIMIT).decode("utf-8", "replace"), options.record, options.vault
    path = file = passphrases = None
    if record:
        path, file = "/".join(record.absolute().parts[-3:]), read_file(record, FILE_LIMIT)
        demand(RECORD_PATH.fullmatch(path), "record-unfit", "its path is not that of a record")
        vault = vault if vault or options.set else record.absolute().parents[2]
        held_against_ledger(vault, path, file) if vault else None
    if options.passphrases:
        rows = read_file(options.passphrases, TEXT_LIMIT).decode("utf-8", "replace").splitlines()
        passphrases = [row for row in rows if row.strip() and not row.startswith("#")]
    shares = list(typed_shares(text))
    demand(shares, "too-few-shares", "no share was read")
    core = core_at_hand(options.set, vault, shares)
    print(*["REHEARSAL"] * (core.mode == "rehearsal"), file=sys.stderr)
    proved, unproved = sorted_out(shares, core, passphrases, lambda share, why: say(
        f"share {share.index} of set {core.name}, typed row {share.row}", why))
    seed = identity_seed(proved, unproved, core, file)
    if not file:
        return bech32("age-secret-key-", seed).upper()
    plain = age_opened(file, seed)
    demand(plain, "record-unfit", "the identity is none of its recipients")
    secret = secret_of(plain, path, core.vault)
    return code_of(secret, int(time.time())) if "seed" in secret else list(secret.values())[0]
def main():
    parser = argparse.ArgumentParser(prog="strongroom_recover", allow_abbrev=False, usage=__doc__.split("\n")[2][4:])
    for option in ("--record", "--set", "--vault", "--passphrases"):
        parser.add_argument(option, type=pathlib.Path)
    parser.error = lambda message: parser.exit(2, parser.format_usage())  # which would quote the arguments
    try:
        sys.stdout.buffer.write(recovered(parser.parse_args()).encode() + b"\n")
        return 0
    except Refused as why:
        say("record" if why.reason == "record-unfit" else "shares", why)
    except OSError as error:
        print(f"strongroom_recover: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except (Exception, KeyboardInterrupt) as error:  # never a traceback: it could quote a secret
        print(f"strongroom_recover: stopped: {type(error).__name__}", file=sys.stderr)
    return 1
if __name__ == "__main__":
    sys.exit(main())
