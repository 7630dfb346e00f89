"""Why a bundle is not taken or not written: one class and one sentence for each reason."""

from datetime import date

from ohdesk.errors import MachineError, UserError
from ohdesk.i18n import mark, tr


class _SaidError(UserError):
    """A reason whose sentences, `says` and `advises`, are the same wherever it is raised.

    place: the part, file or folder it is about, for the sentences that name one; values: what else they name
    """

    says = ""
    advises = ""

    def __init__(self, place: str = "", **values: object) -> None:
        super().__init__(tr(self.says, place=place, **values), tr(self.advises))


class BundleRefusedError(_SaidError):
    """A bundle that is not taken; nothing was changed.

    is_evidence: the file is kept, because it says something of whoever made it, or is needed again; False where it is
    only a bad copy, or the wrong file
    """

    is_evidence = True


class NoSuchFileError(_SaidError):
    """There is no file at that place."""

    says = mark("找不到文件“{place}”。")
    advises = mark("请检查优盘是否插好、路径是否正确。")


class NotABundleError(BundleRefusedError):
    """The file does not begin like a bundle."""

    is_evidence = False
    says = mark("这个文件不是上报包，或者文件开头已经损坏。")
    advises = mark("请选择文件名以 OH_ 开头、以 .ohb 结尾的文件；如果就是它，请让发送方重新拷贝一次。")


class CutBundleError(BundleRefusedError):
    """The file ends too early, or its content was never written."""

    is_evidence = False
    says = mark("上报包不完整：文件没有拷贝完。")
    advises = mark("请让发送方重新拷贝，等提示“可以拔出”后再拔出优盘；原来的资料还在发送方，没有丢失。")


class ChangedBundleError(BundleRefusedError):
    """Some byte is not as it was written; `place` says which part, for the person who is called."""

    is_evidence = False
    says = mark("上报包的内容与写入时不一致（{place}），已拒收。")
    advises = mark("请让发送方重新导出或换一个优盘再拷贝；如果反复出现，请电话核对发送方。")


class HostileBundleError(BundleRefusedError):
    """Something no ohdesk ever writes: names, sizes or numbers outside what is allowed."""

    says = mark("上报包里有不允许的内容（{place}），已拒收。")
    advises = mark("请不要再打开这个文件，并电话告诉发送方和县级管理员。")


class NewerBundleError(BundleRefusedError):
    """Written by a newer program in a form this one does not know."""

    says = mark("上报包由更新版本的程序写成，需要支持格式 {needed} 的版本才能读取。")
    advises = mark("请先更新本机程序，再导入这个文件；文件请保留。")


class NotAddressedError(BundleRefusedError):
    """None of our keys is among the recipients."""

    says = mark("这个上报包不是发给本单位的，本机没有能打开它的密钥。")
    advises = mark("请核对优盘上的文件；如果确实应由本单位接收，请让发送方用本单位的县级名片重新导出。")


class OwnBundleError(BundleRefusedError):
    """The bundle was written by this very workspace."""

    is_evidence = False
    says = mark("这个上报包是本机自己导出的，不需要导入。")
    advises = mark("请把它交给县级导入；要收的是县级给的回执包。")


class UnknownSenderError(BundleRefusedError):
    """The certificate does not chain to our county root."""

    says = mark("发送方的证书不是本县签发的，已拒收。")
    advises = mark("请确认优盘来自本县的镇街；外县的上报包应交给外县导入。")


class OutOfTermError(BundleRefusedError):
    """By its own clock the sender wrote outside the term of its certificate."""

    says = mark("按发送方电脑的日期（{day}），它的证书不在有效期（{first} 至 {last}）内，已拒收。")
    advises = mark("请让发送方核对电脑日期；证书到期的，用县级名片重新写申请、请县级续期后再导出一次。")

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(day=day, first=first, last=last)


class ExpiredSenderError(BundleRefusedError):
    """The sender's certificate ran out, and that the bundle was written before is no longer believed."""

    says = mark("发送方的证书 {last} 已到期，这个包声明写于 {day}，无法采信，已拒收。")
    advises = mark("请核对本机日期。发送方续期后再导出一次，内容会全部重发；续期之后，这个包也能接收。")

    def __init__(self, day: date, last: date) -> None:
        super().__init__(day=day, last=last)


class WrongSenderError(BundleRefusedError):
    """The certificate names another workspace or town than the bundle claims to come from."""

    says = mark("证书上的单位与上报包声明的来源不一致，已拒收。")
    advises = mark("请电话告诉发送方和县级管理员：可能有人冒用了别的单位的名义。")


class OtherTownError(BundleRefusedError):
    """Another town of the county sent it; a town takes nothing from there."""

    says = mark("这个上报包来自另一个镇街（{office}），镇街之间不直接收取，已拒收。")
    advises = mark("请把它交给县级导入；需要的内容由县级下发。")


class OtherCountyError(BundleRefusedError):
    """The sender's division is not below this county's."""

    says = mark("发送方 {office}（{division}）不在本县，已拒收。")
    advises = mark("请核对优盘；确属本县的，请电话核对其登记的代码。")


class StrangeCountyError(BundleRefusedError):
    """It claims to be the county, but is neither the machine on the card nor one that machine announced."""

    says = mark("发送方自称 {office}，但不是县级名片上的那台电脑，也没有经它登记，已拒收。")
    advises = mark("请电话告诉县级管理员；县级换了电脑的，请用新的县级名片核对指纹后重新登记。")


class RevokedSenderError(BundleRefusedError):
    """The key of the sending device was taken back."""

    says = mark("{office}的电脑 {replica}，{reason}；这个包已拒收。")
    advises = mark("电脑还要用的，请县级撤回吊销，或在那台电脑上作为新电脑继续、重新登记，再导出一次。")


class BadSignatureError(BundleRefusedError):
    """The head was not signed by the certificate in the bundle."""

    says = mark("上报包的签名不成立，已拒收。")
    advises = mark("请让发送方重新导出；如果反复出现，请电话核对发送方。")


class ForkedReplicaError(BundleRefusedError):
    """The same number of the same replica with two contents: a cloned or rolled-back laptop."""

    says = mark("警报：来源 {replica} 的第 {sequence} 号操作与本机已收到的不同，已拒收，本机资料没有变化。")
    advises = mark(
        "发送方的电脑被复制过，或恢复过旧备份。请在那台电脑的“设置 → 备份”里选“作为新电脑继续”"
        "（命令：ohdesk office renew），写好的内容都保留；再用县级名片重新登记。"
    )

    def __init__(self, replica: str, sequence: int, held: int = 0) -> None:
        super().__init__(replica=replica[:8], sequence=sequence, held=held)
        self.replica = replica
        self.sequence = sequence


class CopiedHereError(ForkedReplicaError):
    """The county holds of this very workspace what is not here: it was copied, or an old copy was put back.

    held: how far its own operations go
    """

    says = mark(
        "警报：县级收到过本机第 {sequence} 号操作，本机没有这一条（本机写到第 {held} 号），已拒收，本机资料没有变化。"
    )
    advises = mark(
        "本机被复制过，或放回过旧备份。请在“设置 → 备份”里选“作为新电脑继续”"
        "（命令：ohdesk office renew），写好的内容都保留；再用县级名片重新登记。"
    )


class NothingToSendError(_SaidError):
    """An empty bundle would say nothing."""

    says = mark("没有需要上报的新内容，也没有要回执的内容，没有生成文件。")
    advises = mark("完成新的检查、修改名录或收到对方的包以后再导出。")


class TooLargeError(_SaidError):
    """More than a reader takes; volumes are cut so that it never is."""

    says = mark("要写出的内容超过一个文件的上限（{place}），没有生成文件。")
    advises = mark("请把“关于与诊断”的自检结果告诉县级管理员；资料还在本机。")


class LostBytesError(_SaidError):
    """A photo or document that should go out is not as it was stored."""

    says = mark("有一份附件的内容已损坏或丢失（{place}），没有生成文件。")
    advises = mark("请把备份恢复到一个空文件夹，再把其中的 blobs 文件夹复制过来，然后重新导出。")


class DiskFullError(_SaidError, MachineError):
    """Our own disk has no room for what came in."""

    says = mark("工作区所在的磁盘已满，上报包没有导入，本机资料没有变化。")
    advises = mark("请清理磁盘空间后再导入一次。")


class StickFullError(_SaidError, MachineError):
    """Not enough room where the bundle should go; both in bytes."""

    says = mark("空间不足：需要约 {needed} MB，只剩 {free} MB，文件没有写成。")
    advises = mark("请删除不用的文件或换一个优盘，再导出一次。")

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(needed=max(1, -(-needed // 1_000_000)), free=free // 1_000_000)


class FileTooLargeError(_SaidError, MachineError):
    """The file system of the stick cannot hold one file as long as this: 2 or 4 GiB with FAT."""

    says = mark("这个优盘的格式（FAT）放不下这么大的单个文件，没有生成文件。")
    advises = mark("请换一个 exFAT 或 NTFS 格式的优盘，或先登记县级的回执，已收到的内容就不必重发。")


class UnwritableError(_SaidError, MachineError):
    """The folder or stick does not take files."""

    says = mark("无法写入“{place}”：可能是只读、写保护或没有权限，没有生成文件。")
    advises = mark("请检查优盘的写保护开关，或换一个文件夹、换一个优盘再导出。")


class UnreadableError(_SaidError, MachineError):
    """The medium failed while reading."""

    says = mark("读取“{place}”时出错，可能优盘已拔出或损坏，本机资料没有变化。")
    advises = mark("请重新插入优盘再试；仍不行就让发送方换一个优盘拷贝。")


class ReadBackError(_SaidError, MachineError):
    """What the stick gives back is not what was written."""

    says = mark("写入后读回核对不一致，这个优盘不可靠，文件没有留下。")
    advises = mark("请换一个优盘再导出；不要再用这个优盘存放资料。")
