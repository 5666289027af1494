#!/usr/bin/env python3
"""check_vectors: walk a folder of vectors and hold strongroom_recover against each.

    python3 check_vectors.py FOLDER

Every *.json below FOLDER is read, `spec-example.json` apart, as the README of the vectors describes it. A line is printed
for each failure, then the number of files of each kind, then `N passed, M failed`. The status is 0 only if something was
found and nothing failed. Locked vectors need argon2-cffi: where this Python lacks it and the system's has it, that one goes
on; where none has it, the files that need it fail and say so. The rules of the ledger (section 11) are here, in class
Ledger, and so are the words of BIP-39, which a set file shows.
"""
import base64
import collections
import datetime
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import strongroom_recover as sr

REASONS = set("""share-unreadable share-of-newer-version share-of-other-world share-incomplete share-lines-differ
    share-of-unknown-set share-forged share-locked passphrase-wrong sheet-not-printed share-conflicting too-few-shares
    share-of-void-epoch quorum-refused set-unfit record-unfit record-replaced ledger-broken""".split())
ZERO, WORDS_SHA256 = "0" * 64, "187db04a869dd9bc7be80d21a86497d692c0db6abd3aa8cb6be5d618ff757fae"


class Bad(Exception):
    """A vector file that is not as the README describes it, or that cannot be tried here."""


# The 2048 words of BIP-39: each as the number of letters it shares with the one before, and the rest; deflated, base 85.
PACKED_WORDS = """
J(-PmtT+yYU#YR5$bbP)8=EnvJLKv2E0NiAb~Cx1#y?W2sw7@v3}vpxrJVZha&-0T{uA99OZT;nzPB)Sf3?|NXB?&}o~KW<{q^DpAG$3?o=7
v#o;^+O-z&A~T0KwKeX50ZeA9DR$ip0t?q;7@RG+zjc*gCiyDNA131y1>Ee^5OF-^m=gw%L`b}giNSVJl<`qEvCaoA#*hqSxqkJ`FBa~yJLy
Bn|FO?9i;MLtfkxa{NY>(}j-&1#A6*aAz0`F3Y@JvR3Z_c`pL$E*3@R93#VdM>D2&qE3M=E-T}Cal-p8k^72x7(#XWcMa;g?Mmy?&xaYSn~Y
xqsLN$Pyb%g{iH~U@8JlXs^+@h?ug-8rxL)H^3bNuD}*ul65PsDyN|O1coW^CFqAd=coNu8)RnrAi!zk>=v&)+INvNg5spAaeSH3M?a}pZ4@
2K_>|}X&Jxp&O3#sVW%n?{*xTa3N+)O%F<%OGe-MO+r89uRvm1n0gS1>Sq!<*+KM~i1=gXJO;-_YjaC!Mb`j5iUBS<ka3Pp&Rof~Q(;pWQyz
>PjF!g-A6Y^X-*k*31A99Qb$S1f9gjKxB%)h~N~+iPwg4aZ3eiE2!84@km4{3ynm^b9|nO3zy+4;Q01r+J7T}xN8AA(>;;6*}ci${Fjn8`@X
SfY=DUf5t<#uaS+ccF}yvX)jqY({91P_fr~)+a~o>V^A21k-Om*Oak~1}vu$Q~phdR7PPNg=f-vKLKn3yF9^AfYUDY7?^zoO<(lM0v#jjiUt
U!+IG}W945D)w+9A2RF-vVN{;TlKXY$l*YkSfZR6A_%zzX2SfnStF~VW*b8;LHiB?4mlo?f&lO|G&SlDU2g|*U?yW>RgCi60@BB?sh=o4_AE
1eu~+%Wl_mT{|T%_=8wQxKp9`?s^8{EzA*c>`hy!c(xPl{Y*0P9wi4>BS68nDu2o-Q>r1!in}*R3n1HmX)Ep_pT~%4m>-7ENpVaoV+pvj1^4
sr+m`KG_Pk#sqjo-BzaX!3ifqyK%u^FKt=EQ}F=h^QiQhl%zkBZj{1$s@?Jh1Ss3~3F`QRX|xYC=>`zdU@q4;7t5+Wp~MT5kVUsRZ!-CcVw_
Dk5DLzmJ|(iDTun)sD6KYqoTboSh?a;ywvs#6(<F%LUM=x+MaU>|wb~-HR(IR=`ItJvV|HRY@GqAEDe71+3_2O5HE1?S3_CE_(D#f@p6w`%e
-u0d9835k)_Zh;n0!b9xG@bKOf-*$LSp7US4wQfk0X?a?sp1+=C6oh_)4rv$VARU~!~)A;!IUyFBFrJaWnU_Dd>TK<djOi7z(sEle9npD~6=
9DTl<r)Dad571*R*+gGw1}e;U7^4fZ4&@gbDT_t|C+<>b|L#vP*emw2cTG3P?IXa6i`ogBg#MyPsj&Ci2JBg=C`aM*Jgi>0d(-t5{t;Ih!_b
jM}v8ig0ctEE#E4-PZu$x0my;za6Jiz(hkS9q!UjqjqIibu7$!qgk{o0eFieFM10`a!y7iaRtjq)s#)2drB37!ShJU4(jZDzVR@u}-vg-SA{
D9N>Oz2ILuZDfIk4B2D9k;Pi)#FJ=rUa_t~7TGLT&u(_xB#^)D3;6kfMiU0}i{2z9>X*sc>`rPn0Q!`UoVTV<k0v@UjnpLC6rx@&^{7$POj2
9u8r@5vlh>t$*19ilE^}j@mNZlwq1)F+2+G8k$nX=x5?L;yobZ57om{`#ngP<US@2h~1!ChIOT+H%XsFV1%u?xg$J{)2*Qhr~JS}@beS6Gb_
k44f`0V?Ft71eStx8X>@huDhHzSy0H_&@FX9UqlH$;*?9^9S}dIF!?>6$i}gR`JSUkKkjcHdaLtIMFt3Wja4Fq}hBzGQtaBXxg-Crmh%kiW_
=M^dMRDHi=)*aMgHw~ws4cnzz*=}69NlydAK5&Bg`Yv^GpYKK(bx~EfR4SH7vbtY%Rxv7<8-MMCV_lIrvb=FbQ9M-g|4dFK2!!mn@*iop784
92D=KOh2f5VL?&NL7`d#IugZWHx=SkQP2ge+_(Ex=))Amdz&xp){i$`+5HC?oGE(L*YvZ_7w2{TwuF$k7)P}2^Wl4gZ9MJ%YAIZ?P8J&FxDz
Ul89z}$7)dJjV7omY}gwGp=P~Rj-e~_R~Ispffthyh>U^R||20dqSVs42VydSzWsLG#^o-`Z1!S+~L39kGEQj`H>mBRod<^qv-h@oFH8oQVI
!dk!$I+gt557}Q8e%U2lDA8l#q%aqObM^WJ>sUOR#m1OG+!snoAPXRt8Q`w3HO#USlyVL~xVJ}i-Qna3y%_{Ki7cs6{UfquQ{jh9p$DQ~6lk
A}m>;1Rz)vkdY&di1iw76DV^tQ6j|03#UOuw+9C<RsDQ=K2I|S>|%nuTT>-%EFh#7@7E8yfwCe5sM4(>c)!ZRJpXo1@a&FCjHHY(?6woBXyK
Bx)ykO2U+DCX_2L(3Q9qaeq>Gh_)202uE5wFSd^b9r(5Zk9^em{CxIIg(ptm2--+IE4GY-LLGjj9!NM;nUA8r@YnGfC0=a;S@krw?pDy#jS$
Byg9*F{P0IZ9p$zmSfPX~&6KskLW<12a0tSHdUFZ_avqN#BSqOk{zL>7m9Imiyx6Jg<c;2AHG|e>Yj-3N>KKQcx}0B09-$1g+LeyOp(2L0V9
5vSGp^Da0yRivp-2cuK8;$x)PjjjtniT<${YHWsvDJH?*H_3jz6fI#G^`DPP~R&#Jf3}*V&<&ER9s;JF@EjiPo=zPVHy<HVKdic1fKnEnko`
njY~wL_)+Ot05xoO;uIh$673HE8@fR4JW;engp$SUZTo<poZ_)Kjz$F1aKh3EW;r8Q2=1R-8W{kqr$;5UrpIS!%TLF-cDv$*<)_^CYP@_q#9
bS18s^*XxgrW2k=Lzg&wAI*BKXM-8KCcE|qEr&uJ*)lO>vo{Jt{i2Jj?up3T9%|F*l7j-#We(kGLTBF97LAq@%ci)5Zq!P5cA0cioeu^Fk!$
Wvu1euYU~G98lr)!_g#Ezj{#k!V;|fHG0u&B3Bw>S*2sDBzaBl%THDjfC74nwz3j&5zAAoA4A$6$iM{>Ppo5#?egVSdF9nfwsEc^>7;x-7<&
M8y_Y;b+T=6bt7!<2Z#(e;&Q%rEVY<u)@sDKtMX;2{~>ldmRfuo98sK*NaG?QwLV2+*i6kgPaA5sPfoTaZFti785PT+fKjOdfBLb{e$tMg5i
!zFKOq+s>6wE%j9FY6T$Y>Yc63rn`nzq70I0VkUebM7<<x$v>8;M<37O=FLh$fXtzD7AezK|c2*4PVV#5ddF||F^0oVP}#KB0pj!9jlj5oEt
d+V{1Jf57~(~@jT)?aU6c8tXJYToH@_9N1i$e&7yPmzpl*ik8odbxudIdzW6!8VY;t6d@Snik!d*Tq{_`}Qh9wpgn3Rv&47G<5w$q$!ZV;_V
`d3|;dPHAK*YMCjP!*EP9nmbOWWySjwm<Q;KFe&oBh&b7I<9L%0nQFT_1chTi0<J!%=A#LjAlNsTRLAbaB`y0mO=lZLL_b^hiVkF#~@GvRGQ
OB@W_@g#unD|tEq3eiQ8|K<DqF(WnEsHdmd3c9=K+bgkn^txjc9dF1g_Dv1>qGA0fDKxJYs_-0TUBfZ8yY!@6WF3GpFxCb5H~9`(1l&08R!k
CeC{@w`@Q-s-j(scp8jx<Ez&jvmVs~l+$$%%1%~0bmiQ8{JK;}iA~BSS*nwWK4sP;KI!xTvOBETIR?*ShIE_l#Y{=%-hsuy@24~eQW1&e9P~
$WRnfwAmz$G+)fLJDMQdLbJw!tEnCsN*c2$MmS0B4i3+$Rr;luC7zns1}EC=B?hkV2h*WEAbdQrgE6{{Du+u2pO*q-Sjkrfx~ZepwSw%!e8=
i1Mt2p?Mo^st6Hef_-HvhFMBlKY{p6f>xIouMg_gWT7F-7y;IhPQ9MM8D}ZrqSOR=BI|X#Y*5koBHHAN9D5t&VrvuxwJQ;)=Y;Xyn~k3@zPu
15>m5x#_bTOE@I+$kQv-l*vO0Tp1z3eFhMH~sLYrq^+=>zjcL)Acjt8)*5oQHJ(QF4^nCRgWZuY`Js728iN~idnSP|V-Kr|ca{+EU!zOZSA-
KkcI9YPqyEjIMfs!~}A8^}Qzy~GXeu+GT*=SS-3ekm(Wd|`H>VFZkqMq+>f@)BF5L$-(P*i?|HxaDu6@(lS_rKpi|OWae{;pb_R6Hf8AR`<W
@fI9k*vaQr<8cAoSVOUaIjeik-G`4=G<uHTI6=VfuKrR{lqncTwap~6J>A6ewP@V~x6arSWk?VH%ZKq4oa83QvMwKfROEyx&>o`rd@j)t&^K
JZ!*k|ENx(Y9jRRjI*%+KuBcmjfVQvIG!hxq3cfWsrMqv&q7(JptT0kJ{R>tsQbAo=7aTKB?78bWCZW9oy)(^2pbJ)H|(99^3e7EQ`j@53Z-
SFBwyY^WcOyS!i)ZRxuw&9ke`rh7QN77j1xlnyo-Nx0WYUC6hQ*=+gy6AZKZvrL3_ESBpm(wCu6W|ZZuCiM?dt%3SNYoWV!FKQ$-V3c~>sDl
5BLS{`ZT3Qy)h#Ozj{@DnlnKRR<MiW8dNZ_#1|9<#ub=RVF;r2$GY|8Vo-uh%vdTC^tZ(D0m;*{fQSn)p%c$qUIvt2`Fti@ZuMR8WLQ3|`#2
x}@ilG7LuFMR$-7usc~Ck#r_*9OVEs-sy4Z)1Skx1ngP_tw}<cdTFFb5NZEy?L@Z$Q|l%bFw)ZiBZH&yY=?PUaz=j?ZlM@C&Dpl<~bbUY4K#
`HT~4U{h9t*Q~?VW9sdq2AEG-YsQ?8gLOAVpgQ6=i++MwvVtH#EBJqvClvr!{(MQPV1ofb|GE?o;tW_xK|55r|s$~=0SdEo*iq#Ui+dB!h2v
7UzGzVPSQgeL8O0STtm%Zly&v}*KEC&7OKW$RYJnz*uXZ_tXsv~@>Iz=v~X3|=65ZNW2WE~StC1}#H1RGxZqb2L6X!|+Lt#)^M#-GDC7&y5b
_aN`mqHgoGU9S^_4~UN*cH}OHW~2>t1E&3DL2{aQ{|zAwgVIGclo|<OasgTIwPI<X7d5*zs9t?qNvATg%Xi_iFc@!*-1SaHe)f5PBqw#+Y|G
y4{r7I`(pa1{4>lb(njsMR&kcj4+gf1t85bwW>itDy0jY56fT18*gQv`MB)#}}M@=M=*J}Qe^sO+jIpt~&Pt#PZDiKG~tFB(9xAG=I&9cUDq
FlM6^7rOO)q|y-ygCTY6HXK6r`^x~Z=@jj3d>{EtY_7<XxHrL*lus*(97t7-0p`t3!Ue-@wWK`XYjH2W!W`(@S-`&K#Td&ThZI<qKL}ta38W
8aPhU~d)P-1pTpnik>it7b@?BoZ%W2JZ(0$=Eofem7Rlbf#76IfWoX}}Qji(sL)Zl3Gy#d2(?e~MTjl56rX}P)^#(Ndp^dmRoRE>ahHMKJuc
@b#zwh?m`Sl5tuyWB4X;hche?=>)V)L}4wr8X-6rqPh+>%6^YwJ}OB`@>lFZE*TRi6G#ev&{ziMZNiI3AlU<796KG&kYy)ghsThU3wvXeO4`
Tu2`E?(PigvFw$UuA68=3F<>YE_3Yqyj+zYuJQF%mni@8G+r{Qn$)x<*i4X1G<9o-m5h0l=M4i*^C8;uHmw(0$3K4+-_~L`?WUKW>R$#Mdh`
cXM(ZHtFrzkTr~zycUCj##pyUaZBOJwiT(hZ>oRVBZw+T(v$VxU^YEbnY_<rl<mq>a8;|JDQuQ9DP5<BV*`RjhhS51Q|bl@^J*<QbqKx<$nw
y*yK
"""


def unpacked_words():
    """The word list, held against the hash of section 1."""
    text = zlib.decompress(base64.b85decode("".join(PACKED_WORDS.split())), wbits=-15).decode()
    words, word = [], ""
    for shared, rest in re.findall("([0-9])([a-z]*)", text):
        word = word[:int(shared)] + rest
        words.append(word)
    if hashlib.sha256("\n".join(words).encode()).hexdigest() != WORDS_SHA256:
        raise Bad("the word list in check_vectors.py is damaged")
    return words


def words_of(mark):
    """Section 8: the eight words of a fingerprint."""
    number, words = int.from_bytes(mark, "big"), unpacked_words()
    return " ".join(words[number >> 11 * place & 2047] for place in range(7, -1, -1))


# Section 11: the ledger

def is_note(value):
    """Section 1: text that a human gave."""
    return (type(value) is str and 1 <= len(value) <= 500 and value == value.strip()
            and not re.search("[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]", value))


def is_like(form):
    return lambda value: type(value) is str and re.fullmatch(form, value) is not None


def is_number(least=0, most=2**64 - 1):
    return lambda value: type(value) is int and least <= value <= most


def is_list_of(test):
    return lambda value: type(value) is list and all(map(test, value))


def is_object(needed, optional=None):
    """An object with all the needed fields and perhaps the optional ones, each of its form, and no others."""
    optional = optional or {}
    forms = {**needed, **optional}
    return lambda value: (type(value) is dict and set(needed) <= set(value) <= set(forms)
                          and all(forms[key](value[key]) for key in value))


def is_bool(value):
    return type(value) is bool


def is_text(value):
    return type(value) is str and value != ""


IDENTIFIER, HASH = is_like(sr.NAME), is_like(sr.HEX32)
VAULT = is_like("0[01][0-9a-f]{30}")
BOOT, SERIAL = is_like("[0-9a-f-]{1,64}"), is_like(f"[{sr.ALPHABET}]{{3}}-[{sr.ALPHABET}]{{3}}")
FACTOR, INDEX, EPOCH = is_like("password|mfa|contact"), is_number(1, 255), is_number(1, 2**32 - 1)
GENERATION = is_number(1)
OF = is_object({"epoch": EPOCH, "set": IDENTIFIER})
SHARES = is_list_of(is_object({"index": INDEX, "proved": is_bool, "serial": SERIAL}))
ENVELOPES = is_list_of(is_object({"custodian": IDENTIFIER, "index": INDEX, "serial": SERIAL},
                                 {"safe": IDENTIFIER, "lock": HASH}))
RECORDS = is_list_of(is_object({"account": IDENTIFIER, "generation": GENERATION, "sets": is_list_of(OF), "sha256": HASH},
                               {"device": IDENTIFIER}))


LINE = is_object({"line": is_number(), "site": IDENTIFIER})
PEOPLE, SERIALS, DAY = is_list_of(IDENTIFIER), is_list_of(SERIAL), is_like("[0-9]{4}-[0-9]{2}-[0-9]{2}")
CAUSE = is_like("compromise|leaver|lost|exposed|threshold|custodian-change")


def is_step(value):
    """A step of an envelope: what it comes to decides its fields."""
    forms = {"printed": ({}, {}), "spoilt": ({"reason": is_note}, {}), "deposited": ({}, {"safe": IDENTIFIER}),
             "in-transit": ({"carrier": is_note, "due": DAY}, {"safe": IDENTIFIER}), "opened": ({"reason": is_note}, {}),
             "lost": ({"reason": is_note}, {}), "destroyed": ({}, {})}
    if type(value) is not dict or type(value.get("to")) is not str or value["to"] not in forms:
        return False
    needed, optional = forms[value["to"]]
    return is_object({"to": is_text, **needed}, optional)(value)


def is_chains(value):
    return type(value) is dict and all(IDENTIFIER(site) and HASH(head) for site, head in value.items())


BODIES = {
    "init": is_object({"mode": is_like("production|rehearsal"), "program": is_text, "vault": VAULT}),
    "site": is_object({"vault": VAULT}),
    "machine": is_object({"boot": BOOT, "network": is_like("none|isolated-by-namespace|reachable"), "program": is_text,
                          "swap": is_bool}),
    "plan": is_object({"sha256": HASH}),
    "dealt": is_object({"boot": BOOT, "core": HASH, "envelopes": ENVELOPES, "fingerprint": is_like("[0-9a-f]{22}"),
                        "of": OF, "threshold": is_like("[1-9][0-9]{0,2}-of-[1-9][0-9]{0,2}")}, {"unattended": is_note}),
    "reprinted": is_object({"boot": BOOT, "index": INDEX, "of": OF, "reason": is_note, "replaces": SERIAL,
                            "serial": SERIAL}, {"lock": HASH}),
    "rendered": is_object({"of": OF}),
    "proved": is_object({"boot": BOOT, "drill": is_bool, "of": OF, "shares": SHARES}),
    "void": is_object({"of": OF, "reason": is_note}),
    "enrolled": is_object({"factor": FACTOR, "records": RECORDS, "unattended": is_bool}, {"reason": is_note}),
    "recovered": is_object({"account": IDENTIFIER, "boot": BOOT, "factor": FACTOR, "generation": GENERATION, "of": OF,
                            "on-paper": is_bool, "present": is_list_of(IDENTIFIER), "reachable": is_number(),
                            "reason": is_note, "shares": SHARES, "task": IDENTIFIER},
                           {"device": IDENTIFIER, "approved-by": IDENTIFIER}),
    "defences": is_object({"missing": is_list_of(is_like("no-core|not-dumpable|no-new-privileges|network-namespace|landlock|"
                                                         "seccomp|locked-memory"))}),
    "exception": is_object({"found": is_text, "reason": is_note, "rule": is_text}),
    "moved": is_object({"serial": SERIAL, "step": is_step, "day": DAY, "by": PEOPLE}),
    "visited": is_object({"safe": IDENTIFIER, "at": is_text, "by": PEOPLE, "reason": is_note, "intact": SERIALS, "broken": SERIALS,
                          "taken": SERIALS, "put": SERIALS, "whole": is_bool}),
    "lock-serviced": is_object({"safe": IDENTIFIER, "day": DAY, "by": PEOPLE}),
    "copy-confirmed": is_object({"copy": IDENTIFIER, "head": HASH, "day": DAY, "by": PEOPLE}),
    "device": is_object({"account": IDENTIFIER, "device": IDENTIFIER, "model": is_note, "number": is_note, "safe": IDENTIFIER,
                         "installed": DAY, "lead": is_number(0, 65535), "next": DAY}, {"battery": DAY}),
    "device-checked": is_object({"account": IDENTIFIER, "device": IDENTIFIER, "works": is_bool, "day": DAY, "next": DAY, "by": PEOPLE}),
    "device-retired": is_object({"account": IDENTIFIER, "device": IDENTIFIER, "day": DAY, "reason": is_note}),
    "guidance": is_object({"ticket": is_note, "about": is_note, "until": DAY}),
    "drill": is_object({"day": DAY, "led-by": IDENTIFIER, "sets": is_list_of(IDENTIFIER)}),
    "tried": is_object({"drill": LINE, "account": IDENTIFIER, "day": DAY, "by": PEOPLE},
                       {"signed-in": is_bool, "phone": is_bool, "mailbox": is_bool, "contact": is_bool, "remark": is_note}),
    "practised": is_object({"drill": LINE, "account": IDENTIFIER, "factor": FACTOR, "generation": GENERATION, "of": OF, "shares": SHARES,
                            "reachable": is_number(), "present": PEOPLE, "boot": BOOT}, {"device": IDENTIFIER}),
    "debriefed": is_object({"drill": LINE, "practised": PEOPLE, "wrong": is_note, "day": DAY, "by": PEOPLE}),
    "rehearsed": is_object({"drill": LINE, "runbook": is_note, "day": DAY}),
    "review": is_object({"day": DAY, "led-by": IDENTIFIER}),
    "reviewed": is_object({"review": LINE, "kept": is_number(), "day": DAY, "by": PEOPLE,
                           "others": is_list_of(is_object({"access": is_note, "answer": is_like("remove|change")}))}),
    "finding": is_object({"of": is_note, "found": is_note, "change": is_note, "owner": IDENTIFIER, "until": DAY}),
    "settled": is_object({"finding": LINE, "how": is_note, "day": DAY, "by": PEOPLE}),
    "reissued": is_object({"of": OF, "succeeds": OF, "cause": CAUSE, "signature": is_like("[0-9a-f]{128}"), "shares": SHARES,
                           "reachable": is_number(), "boot": BOOT}),
    "relocked": is_object({"factor": FACTOR, "records": RECORDS, "by": OF, "boot": BOOT}, {"awaits": OF}),
    "closing": is_object({"chains": is_chains, "nonce": is_like("[0-9a-f]{32}")}),
}


def broken(sentence):
    raise sr.Refused("ledger-broken", sentence)


def canonical(value):
    """Section 11, canonical JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def make_line(before, kind, body, number, time="2026-02-11T16:42:00Z"):
    """One line of a chain; for tests."""
    value = {"before": before, "body": body, "kind": kind, "number": number, "time": time}
    return canonical(value).encode() + b"\n"


def check_body(kind, body):
    """Section 11, Kinds: the fields and what they are."""
    if type(kind) is not str or kind not in BODIES:
        broken("its kind is unknown")
    if not BODIES[kind](body):
        broken(f"a field of {kind} is unknown, missing or of another form")


class Envelope:
    """One page of a share."""
    def __init__(self, serial, is_rendered=False, is_proved=False):
        self.serial, self.is_rendered, self.is_proved = serial, is_rendered, is_proved


class Epoch:
    """One epoch of a set: the envelopes in force by index, and those that wait to come in force."""
    def __init__(self, envelopes):
        self.in_force = {envelope["index"]: Envelope(envelope["serial"]) for envelope in envelopes}
        self.waiting, self.is_void, self.succeeds = {}, False, None

    def is_live(self, is_rehearsal):
        return not self.is_void and all(envelope.is_proved or is_rehearsal and envelope.is_rendered
                                        for envelope in self.in_force.values())


class Ledger:
    """Section 11: one chain, judged line by line; `lines`, `head` and `fingerprint` (of a closing entry) are what is asked."""
    def __init__(self, text):
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError:
            broken("it is not UTF-8")
        if len(data) > sr.LEDGER_LIMIT:
            broken("it is longer than section 1 allows")
        self.lines, self.head, self.fingerprint = 0, ZERO, None
        self.vault, self.is_rehearsal, self.epochs = None, False, collections.defaultdict(list)
        self.serials, self.generations, self.locked = set(), {}, {}
        self.records = collections.defaultdict(list)  # of each record its generations: what opens it, and what it awaits
        for row in data.split(b"\n")[:-1]:
            self.add_line(row)
        if self.lines == 0:
            broken("a chain has at least one line")

    def add_line(self, row):
        """The form of a line, then what it says."""
        try:
            line = json.loads(row)
            same = canonical(line).encode() == row
        except (ValueError, RecursionError):
            broken(f"line {self.lines} is not JSON")
        if not same or type(line) is not dict or set(line) != {"before", "body", "kind", "number", "time"}:
            broken(f"line {self.lines} is not the canonical one")
        if type(line["number"]) is not int or line["number"] != self.lines or line["before"] != self.head:
            broken(f"line {self.lines}: its number or its `before` is not the one that is due")
        self.check_time(line["time"])
        check_body(line["kind"], line["body"])
        if (self.lines == 0) != (line["kind"] in ("init", "site")):
            broken(f"line {self.lines}: a chain begins with init or site, and only there they stand")
        getattr(self, "add_" + line["kind"].replace("-", "_"), lambda body: None)(line["body"])
        self.succeed()
        self.lines, self.head = self.lines + 1, hashlib.sha256(row + b"\n").hexdigest()
        self.fingerprint = None
        if line["kind"] == "closing":
            self.fingerprint = sr.fingerprint(b"head", bytes.fromhex(self.head)).hex()

    def check_time(self, time):
        try:
            datetime.datetime.strptime(time if re.fullmatch("[0-9TZ:-]{20}", time) else "", "%Y-%m-%dT%H:%M:%SZ")
        except (TypeError, ValueError):
            broken(f"line {self.lines}: its time is none")

    def epoch_of(self, of):
        if not of["epoch"] <= len(self.epochs[of["set"]]):
            broken(f"line {self.lines}: this epoch was not dealt")
        return self.epochs[of["set"]][of["epoch"] - 1]

    def use_serial(self, serial):
        if serial in self.serials:
            broken(f"line {self.lines}: a serial is used twice")
        self.serials.add(serial)

    def add_init(self, body):
        self.vault, self.is_rehearsal = body["vault"], body["mode"] == "rehearsal"
        if body["vault"][:2] != ("01" if self.is_rehearsal else "00"):
            broken("the world of the vault's id is another")

    def add_site(self, body):
        self.vault, self.is_rehearsal = body["vault"], body["vault"][:2] == "01"

    def add_dealt(self, body):
        if body["of"]["epoch"] != len(self.epochs[body["of"]["set"]]) + 1:
            broken(f"line {self.lines}: the epoch is not the one that is due")
        needed, total = map(int, body["threshold"].split("-of-"))
        indices = [envelope["index"] for envelope in body["envelopes"]]
        if not 2 <= needed <= total <= 255 or indices != list(range(1, total + 1)):
            broken(f"line {self.lines}: the envelopes are not one for each index, in order")
        for envelope in body["envelopes"]:
            self.use_serial(envelope["serial"])
        self.epochs[body["of"]["set"]].append(Epoch(body["envelopes"]))

    def add_reprinted(self, body):
        epoch, index = self.epoch_of(body["of"]), body["index"]
        if index not in epoch.in_force or epoch.in_force[index].serial != body["replaces"]:
            broken(f"line {self.lines}: it replaces no envelope that is in force")
        self.use_serial(body["serial"])
        epoch.waiting[index] = Envelope(body["serial"])

    def add_rendered(self, body):
        epoch = self.epoch_of(body["of"])
        if self.is_rehearsal:
            epoch.in_force.update(epoch.waiting)
            epoch.waiting.clear()
        for envelope in [*epoch.in_force.values(), *epoch.waiting.values()]:
            envelope.is_rendered = True

    def add_proved(self, body):
        epoch = self.epoch_of(body["of"])
        for share in body["shares"]:
            index = share["index"]
            if not share["proved"]:
                broken(f"line {self.lines}: a share is recorded as proved and as not")
            if index in epoch.waiting and epoch.waiting[index].serial == share["serial"]:
                epoch.in_force[index] = epoch.waiting.pop(index)
            page = epoch.in_force.get(index)
            if page is None or page.serial != share["serial"]:
                broken(f"line {self.lines}: this share has no such envelope")
            page.is_proved = True

    def add_void(self, body):
        self.epoch_of(body["of"]).is_void = True

    def add_enrolled(self, body):
        for record in body["records"]:
            key = record["account"], body["factor"], record.get("device")
            if (body["factor"] == "mfa") != ("device" in record):
                broken(f"line {self.lines}: a device is of an MFA seed, and an MFA seed of a device")
            if record["generation"] != self.generations.get(key, 0) + 1:
                broken(f"line {self.lines}: the generation is not the one that is due")
            if not record["sets"] or not all(self.epoch_of(of).is_live(self.is_rehearsal) for of in record["sets"]):
                broken(f"line {self.lines}: a record is locked to an epoch that is not live")
            self.lock(key, record, None)

    def lock(self, key, record, awaits):
        self.generations[key] = record["generation"]
        self.locked[key + (record["generation"],)] = record["sets"]
        self.records[key].append([record["sets"], awaits])

    def add_reissued(self, body):
        before, epoch = self.epoch_of(body["succeeds"]), self.epoch_of(body["of"])
        if body["of"]["set"] != body["succeeds"]["set"] or body["of"]["epoch"] <= body["succeeds"]["epoch"] or before.is_void:
            broken(f"line {self.lines}: this epoch cannot succeed that one")
        if epoch.succeeds is not None:
            broken(f"line {self.lines}: an epoch succeeds two")
        epoch.succeeds = body["succeeds"]

    def add_relocked(self, body):
        awaits = body.get("awaits")
        for record in body["records"]:
            key = record["account"], body["factor"], record.get("device")
            if key not in self.generations or record["generation"] != self.generations[key] + 1:
                broken(f"line {self.lines}: the generation is not the one that is due")
            if not record["sets"] or not all(of == awaits or self.epoch_of(of).is_live(self.is_rehearsal) for of in record["sets"]):
                broken(f"line {self.lines}: a record is locked again to an epoch that is not live")
            if awaits is not None and (awaits not in record["sets"] or self.epoch_of(awaits).succeeds is None):
                broken(f"line {self.lines}: a record awaits what does not open it")
            self.lock(key, record, awaits)

    def succeed(self):
        """What awaited an epoch that is live is in force; the epoch before it is void where nothing in force opens to it."""
        for name, epochs in self.epochs.items():
            for number, epoch in enumerate(epochs, 1):
                before = epoch.succeeds and self.epoch_of(epoch.succeeds)
                if not before or before.is_void or not epoch.is_live(self.is_rehearsal):
                    continue
                for generations in self.records.values():
                    for generation in generations:
                        if generation[1] == {"epoch": number, "set": name}:
                            generation[1] = None
                in_force = [[sets for sets, awaits in each if awaits is None][-1] for each in self.records.values()]
                before.is_void = not any(epoch.succeeds in sets for sets in in_force)

    def add_recovered(self, body):
        self.epoch_of(body["of"])
        key = body["account"], body["factor"], body.get("device"), body["generation"]
        if body["of"] not in self.locked.get(key, []):
            broken(f"line {self.lines}: this generation was never locked to this epoch")


# The kinds of vectors: what a reader gives back

def need_argon2():
    if importlib.util.find_spec("argon2") is None:
        raise Bad("this vector has a lock: it needs argon2-cffi (pip install argon2-cffi)")


def read_share(text, world):
    lines = sr.lines_of(text)
    return sr.joined(*[sr.read_line(line, world) for line in lines])


def line(given):
    found = sr.world_of(given["line"])
    sr.demand(found, "share-unreadable", "the checksum does not hold")
    sr.demand(found == given["world"], "share-of-other-world", "it holds in the other world")
    return {"whole": True}


def share(given):
    read = read_share(given["text"], given["world"])
    if not read.profile:
        sr.scalar(read.value)
        sr.scalar(read.blinder or b"")
    fields = {"value": read.value, "blinder": read.blinder, "salt": read.salt, "tag": read.tag}
    return {"needed": read.needed, "index": read.index, "identity_kind": read.kind, "fingerprint": read.fingerprint,
            "profile": read.profile, **{key: value.hex() for key, value in fields.items() if value is not None}}


def lock(given):
    read = read_share(given["text"], given["world"])
    if read.profile:
        need_argon2()
        read = sr.opened(read, [given["passphrase"]])
    sr.scalar(read.value)
    if read.blinder is None:
        return {"value": read.value.hex()}
    sr.scalar(read.blinder)
    return {"value": read.value.hex(), "blinder": read.blinder.hex()}


def fingerprint(given):
    return {"fingerprint": sr.fingerprint(given["tag"].encode(), bytes.fromhex(given["hash"])).hex()}


def core_of(text):
    """The recoverer has no word list, so that the words of a set file are compared here."""
    core = sr.core_of(text)
    sr.demand(core.words == words_of(bytes.fromhex(core.fingerprint)), "set-unfit", "its words are of another fingerprint")
    return core


def set_(given):
    core = core_of(given["file"])
    return {key: getattr(core, key) for key in ("sha256", "fingerprint", "recipient", "threshold")}


def proof(given):
    core = core_of(given["set"])
    read = read_share(given["text"], core.mode)
    refusals = []
    proved, _ = sr.sorted_out([read], core, [], lambda share, why: refusals.append(why))
    if refusals:
        raise refusals[0]
    sr.demand(proved, "share-incomplete", "a blinder is missing")
    return {"index": proved[0].index}


def seed_and_refused(given):
    core, shares, refused = core_of(given["set"]), [], []
    for place, text in enumerate(given["shares"], 1):
        try:
            read = read_share(text, core.mode)
            read.place = place
            shares.append(read)
            if read.profile:
                need_argon2()
        except sr.Refused as why:
            refused.append({"share": place, "reason": why.reason})
    listen = lambda share, why: refused.append({"share": share.place, "reason": why.reason})
    proved, unproved = sr.sorted_out(shares, core, list(given.get("passphrases", [])), listen)
    return core, sr.identity_seed(proved, unproved, core), sorted(refused, key=lambda one: one["share"])


def quorum(given):
    _, seed, refused = seed_and_refused(given)
    return {"identity": sr.bech32("age-secret-key-", seed).upper(), "refused": refused}


def record(given):
    core, seed, _ = seed_and_refused(given)
    sr.demand(sr.RECORD_PATH.fullmatch(given["path"]), "record-unfit", "its path is not that of a record")
    plain = sr.age_opened(bytes.fromhex(given["file"]), seed)
    sr.demand(plain, "record-unfit", "the identity is none of its recipients")
    return {"secret": sr.secret_of(plain, given["path"], core.vault)}


def code(given):
    try:
        sr.demand(sr.is_secret("mfa", given["secret"]), "record-unfit", "the secret is not of section 10")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise sr.Refused("record-unfit", "the secret is not of section 10") from None
    return {"code": sr.code_of(given["secret"], given["time"])}


def ledger(given):
    chain = Ledger(given["chain"])
    found = {"lines": chain.lines, "head": chain.head}
    return {**found, "fingerprint": chain.fingerprint} if chain.fingerprint else found


WORLD, BYTES = is_like("production|rehearsal"), is_like("(?:[0-9a-f]{2})*")
TEXT, COUNT, REASON = (lambda value: type(value) is str), is_number(), (lambda value: value in REASONS)
TEXTS, ANY = is_list_of(TEXT), (lambda value: type(value) is dict)
QUORUM = {"set": TEXT, "shares": TEXTS}, {"passphrases": TEXTS}
KINDS = {  # kind: what does it, the form of `given`, the form of `expect`
    "line": (line, is_object({"world": WORLD, "line": TEXT}), is_object({"whole": is_bool})),
    "share": (share, is_object({"world": WORLD, "text": TEXT}), is_object(
        {"needed": COUNT, "index": COUNT, "identity_kind": COUNT, "fingerprint": BYTES, "profile": COUNT, "value": BYTES},
        {"blinder": BYTES, "salt": BYTES, "tag": BYTES})),
    "lock": (lock, is_object({"world": WORLD, "text": TEXT, "passphrase": TEXT}),
             is_object({"value": BYTES}, {"blinder": BYTES})),
    "fingerprint": (fingerprint, is_object({"tag": TEXT, "hash": HASH}), is_object({"fingerprint": BYTES})),
    "set": (set_, is_object({"file": TEXT}),
            is_object({"sha256": BYTES, "fingerprint": BYTES, "recipient": TEXT, "threshold": TEXT})),
    "proof": (proof, is_object({"set": TEXT, "text": TEXT}), is_object({"index": COUNT})),
    "quorum": (quorum, is_object(*QUORUM), is_object(
        {"identity": TEXT, "refused": is_list_of(is_object({"share": COUNT, "reason": REASON}))})),
    "record": (record, is_object({**QUORUM[0], "path": TEXT, "file": BYTES}, QUORUM[1]), is_object({"secret": ANY})),
    "code": (code, is_object({"secret": ANY, "time": COUNT}), is_object({"code": TEXT})),
    "ledger": (ledger, is_object({"chain": TEXT}), is_object({"lines": COUNT, "head": BYTES}, {"fingerprint": BYTES})),
}


def once_each(pairs):
    if len(dict(pairs)) != len(pairs):
        raise Bad("a key is there twice")
    return dict(pairs)


def read_vector(path):
    """The file as the README describes it."""
    try:
        vector = json.loads(path.read_bytes(), object_pairs_hook=once_each)
    except (ValueError, RecursionError):
        raise Bad("it is not JSON") from None
    required, allowed = {"fact", "kind", "given"}, {"fact", "kind", "given", "expect", "refuse"}
    if type(vector) is not dict or not required <= set(vector) <= allowed:
        raise Bad("its keys are not those of the README")
    if ("expect" in vector) == ("refuse" in vector):
        raise Bad("exactly one of `expect` and `refuse` must be there")
    kind = vector["kind"]
    if type(kind) is not str or kind not in KINDS or kind != path.parent.name or type(vector["fact"]) is not str:
        raise Bad("its kind is unknown or not that of its folder, or its fact is no sentence")
    if not KINDS[kind][1](vector["given"]):
        raise Bad("`given` is not as the README has it")
    if "refuse" in vector and vector["refuse"] not in REASONS:
        raise Bad("`refuse` is no reason of section 15")
    if "expect" in vector and not KINDS[kind][2](vector["expect"]):
        raise Bad("`expect` is not as the README has it")
    return vector


def try_vector(path):
    """The kind of the file, and None or the sentence of its failure."""
    try:
        vector = read_vector(path)
        expected = f"refuse {vector['refuse']}" if "refuse" in vector else canonical(vector["expect"])
        try:
            came = canonical(KINDS[vector["kind"]][0](vector["given"]))
        except sr.Refused as why:
            came = f"refuse {why.reason}"
            sentence = f" ({why.args[1]})"
        else:
            sentence = ""
        return None if came == expected else f"expected {expected}, came {came}{sentence}"
    except Bad as why:
        return str(why)
    except Exception as error:  # a reader must refuse, not stumble
        return f"the reader stumbled: {type(error).__name__}: {error}"


def go_on_with_argon2():
    """Gives the work to the system's Python, where that one has argon2-cffi and this one has not."""
    system = "/usr/bin/python3"
    is_this_one = os.path.exists(system) and os.path.samefile(system, sys.executable)
    if importlib.util.find_spec("argon2") is None and os.path.exists(system) and not is_this_one:
        if subprocess.run([system, "-I", "-c", "import argon2"], capture_output=True, check=False).returncode == 0:
            os.execv(system, [system, *sys.argv])


def main(arguments):
    go_on_with_argon2()
    if len(arguments) != 1 or not pathlib.Path(arguments[0]).is_dir():
        print("usage: python3 check_vectors.py FOLDER", file=sys.stderr)
        return 2
    folder, kinds, passed, failed = pathlib.Path(arguments[0]), collections.Counter(), 0, 0
    for path in sorted(folder.rglob("*.json")):
        if path.name == "spec-example.json":
            continue
        failure = try_vector(path)
        kinds[path.parent.name] += 1
        passed, failed = passed + (failure is None), failed + (failure is not None)
        if failure is not None:
            print(f"{path.relative_to(folder)}: {failure}")
    for kind, number in sorted(kinds.items()):
        print(f"{kind}: {number}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
