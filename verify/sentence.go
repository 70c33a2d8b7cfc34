package verify

import "strings"

// Text says what is wrong and what would be right, for people: in Chinese where
// language begins with zh (BCP 47), in English for every other. The code of a
// method of your own has a general sentence.
func (c Code) Text(language string) string {
	english, chinese := c.sentences()
	if tag, _, _ := strings.Cut(strings.ToLower(language), "-"); tag == "zh" {
		return chinese
	}
	return english
}

func (c Code) sentence() string { return c.Text("en") }

func (c Code) sentences() (english, chinese string) {
	switch c {
	case CodeTooLong:
		return "the address is too long; 2048 bytes at most", "地址过长，最多 2048 字节"
	case CodeScheme:
		return "the address does not begin with https://", "地址不是以 https:// 开头"
	case CodePlainHTTP:
		return "plain http is not accepted; write https:// (http is for *.localhost in development)",
			"不接受明文 http，请使用 https://（http 仅限开发环境的 *.localhost）"
	case CodeLocalhost:
		return "localhost is the terminal itself and is accepted in development only; name a public host",
			"localhost 是终端自身，仅在开发环境可用，请使用公网主机名"
	case CodeUserInfo:
		return "user name, password or @ before the host is not accepted; write https://host/path",
			"主机名前不允许出现用户名、密码或 @，请写成 https://主机名/路径"
	case CodeCharacter:
		return `only printable ASCII without " < > \ ^ ` + "`" + ` { | } may follow the host; escape it as %XX`,
			"主机名之后只允许可打印的 ASCII 字符，且不含 \" < > \\ ^ ` { | }，其他字符请写成 %XX"
	case CodeEscape:
		return "a % is not followed by two hexadecimal digits; write a percent sign as %25",
			"% 之后必须是两位十六进制数字，百分号本身请写成 %25"
	}
	if english, chinese = c.hostSentences(); english != "" {
		return english, chinese
	}
	return c.methodSentences()
}

func (c Code) hostSentences() (english, chinese string) {
	switch c {
	case CodeHostCharacter:
		return "the host may hold only letters, digits, hyphens and dots; write an international name in its xn-- form and no IP address",
			"主机名只能包含字母、数字、连字符和点，国际化域名请写成 xn-- 形式，不接受 IP 地址"
	case CodeHostLabel:
		return "a label of the host is empty, longer than 63 bytes, or begins or ends with a hyphen",
			"主机名的某一段为空、超过 63 字节，或以连字符开头或结尾"
	case CodeHostLength:
		return "the host is too long; 253 bytes at most", "主机名过长，最多 253 字节"
	case CodeHostSingle:
		return "the host has a single label; write the full name, such as pay.example", "主机名只有一段，请写完整域名，例如 pay.example"
	case CodeHostNumeric:
		return "the last label of the host begins with a digit; write a name, not an IP address",
			"主机名的最后一段以数字开头，请使用域名而不是 IP 地址"
	case CodeTrailingDot:
		return "the host ends with a dot; leave it out", "主机名以点结尾，请去掉"
	case CodePort:
		return "the port is not a number from 1 to 65535 without leading zeros", "端口必须是 1 到 65535 的数字，且不带前导零"
	}
	return "", ""
}

func (c Code) methodSentences() (english, chinese string) {
	switch c {
	case CodeNoRule:
		return "the host is in no rule of the legal-domain database", "主机名不在合法域名库中"
	case CodeNoString:
		return "none of the agreed character strings is in the address", "地址中没有约定的特定字符串"
	case CodeNoDomain:
		return "the host has no registrable domain; it is a public suffix, or below one that is unknown",
			"主机名没有可注册域名：它本身是公共后缀，或其后缀未知"
	case CodeUnknownKey:
		return "the signing key is not among the clearing institution's keys", "签名密钥不属于清算机构"
	case CodeKeyPeriod:
		return "the signing key is not valid now", "签名密钥当前不在有效期内"
	case CodeRevokedKey:
		return "the signing key was revoked", "签名密钥已被吊销"
	case CodeRevoked:
		return "the code was revoked; ask for a new one", "该码已被吊销，请获取新码"
	case CodeExpired:
		return "the code has expired; ask for a new one", "该码已过期，请获取新码"
	case CodeMerchant:
		return "the code belongs to another merchant", "该码属于其他商户"
	case CodeStale:
		return "what this device knows is too old to decide by; bring it up to date", "本机数据已过期，无法判断，请先更新"
	}
	return c.tokenSentences()
}

func (c Code) tokenSentences() (english, chinese string) {
	switch c {
	case CodeFragment:
		return "a signed address has no fragment; leave out # and what follows", "带签名的地址不能有 # 片段，请去掉 # 及其后内容"
	case CodeNoToken:
		return "the address carries no signature (query parameter v, or the last path segment)", "地址没有携带签名（查询参数 v 或路径最后一段）"
	case CodeTokenRepeated:
		return "the query parameter v occurs more than once; exactly one is right", "查询参数 v 出现多次，只能出现一次"
	case CodeTokenForm:
		return "the signature is not the last query parameter v in strict base64url, or not of its key's length",
			"签名不是最后一个查询参数 v 的规范 base64url 编码，或长度与密钥不符"
	case CodeTokenVersion:
		return "the signature's version is unknown", "签名版本未知"
	case CodeTokenScope:
		return "the signature's scope is unknown or wider than accepted here", "签名范围未知，或超出此处接受的范围"
	case CodeTokenPrefix:
		return "the signed path prefix does not fit; it ends with / within a path that has no . or .. segments, nor what some server reads as one",
			"签名的路径前缀不符：前缀须以 / 结尾，且路径中没有 . 或 .. 段，也没有可能被某些服务器读作此类的内容"
	case CodeSignature:
		return "the signature does not belong to this address", "签名与该地址不符"
	}
	return "it could not be decided", "无法判断"
}
