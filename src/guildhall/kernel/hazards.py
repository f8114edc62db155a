"""The words in which a file from outside is refused: one entry for each way in which it can be unfit to read, in both languages."""

from __future__ import annotations

from typing import Any, NamedTuple

from guildhall.kernel.tables import Text


class Words(NamedTuple):
    """What happened, why, and what to do next."""

    what: Text
    why: Text
    next: Text

    def filled(self, **values: Any) -> Words:
        """The same words with values in their places."""
        return Words(*(filled(text, **values) for text in self))


def filled(text: Text, /, **values: Any) -> Text:
    """A text with values in its places."""
    return Text(text.zh.format(**values), text.en.format(**values))


_UNREAD = Text("无法读取“{name}”", "{name} cannot be read")
_SAVE_AS = Text(
    "请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（.xlsx）”，再导入另存的文件",
    "open it in a spreadsheet program, save it as an Excel workbook (.xlsx), and bring that file",
)
_NOT_TRUSTED = Text(
    "请向文件的提供者核实来源；如确是花名册，请把内容复制到新建的工作簿里再导入",
    "ask whoever sent it where it comes from; if it really is a table, copy its contents into a new workbook and bring that",
)
_SPLIT = Text("请拆成几个文件分别导入", "split it into several files and bring them one by one")


def _refusal(zh: str, en: str, next: Text = _SAVE_AS) -> Words:
    return Words(_UNREAD, Text(zh, en), next)


REFUSALS: dict[str, Words] = {
    "empty": _refusal("文件是空的", "it is empty", Text("请检查上传的是不是这个文件", "check whether this is the file you meant")),
    "large": _refusal("文件有 {megabytes} MB，最大 {most} MB", "it has {megabytes} MB, {most} MB at most", _SPLIT),
    "pdf": _refusal("这是 PDF，不是表格", "it is a PDF and no table"),
    "picture": _refusal(
        "这是图片，不是表格", "it is a picture and no table", Text("请导入原来的电子表格", "bring the spreadsheet it was taken from")
    ),
    "archive": _refusal(
        "这是压缩包，不是表格", "it is an archive and no table", Text("请先解压，再导入里面的表格", "unpack it and bring the table inside")
    ),
    "document": _refusal(
        "这是文字或演示文稿，不是表格",
        "it is a text document or slides and no table",
        Text("请把其中的表格复制到新建的工作簿里再导入", "copy the table in it into a new workbook and bring that"),
    ),
    "binary": _refusal("它既不是电子表格，也不是文本", "it is neither a spreadsheet nor text"),
    "web_page": _refusal(
        "这是网页，只是名字像表格（有些系统这样导出）", "it is a web page with the name of a table, as some systems write"
    ),
    "xml_spreadsheet": _refusal("这是 XML，不是 .xlsx、.xls 或 .csv", "it is XML, not .xlsx, .xls or .csv"),
    "old_xls": _refusal("它是 1997 年以前的 Excel 格式", "it is in a format of Excel from before 1997"),
    "xlsb": _refusal("它是二进制工作簿（.xlsb）", "it is a binary workbook (.xlsb)"),
    "ods": _refusal("它是 OpenDocument 表格（.ods）", "it is an OpenDocument spreadsheet (.ods)"),
    "macros": _refusal(
        "工作簿里有宏。宏是程序，这里不接受带程序的文件",
        "the workbook carries macros; macros are programs, and no file with programs is taken here",
        Text("请另存为不带宏的“Excel 工作簿（.xlsx）”再导入", "save it as an Excel workbook without macros (.xlsx) and bring that file"),
    ),
    "encrypted": _refusal(
        "文件设了打开密码，没有密码读不了",
        "it is protected by a password and cannot be opened without it",
        Text("请取消密码，保存后再导入", "take the password off, save it, and bring it again"),
    ),
    "damaged": _refusal(
        "文件不完整或已损坏，可能没有传完",
        "it is cut short or damaged; perhaps it was not copied whole",
        Text("请重新取得文件；如能用 Excel 打开，另存为 .xlsx 再导入", "get the file again; if Excel opens it, save it anew as .xlsx"),
    ),
    "bomb_size": _refusal(
        "它解压后有 {megabytes} MB，最多 {most} MB：不像表格，像压缩炸弹",
        "unpacked it has {megabytes} MB, {most} MB at most: that is no table but a zip bomb",
        _NOT_TRUSTED,
    ),
    "bomb_ratio": _refusal(
        "它解压后是压缩前的 {ratio} 倍，最多 {most} 倍：不像表格，像压缩炸弹",
        "unpacked it is {ratio} times its size, {most} at most: that is no table but a zip bomb",
        _NOT_TRUSTED,
    ),
    "bomb_parts": _refusal(
        "它里面有 {parts} 个部件，最多 {most} 个：不像表格，像压缩炸弹",
        "it holds {parts} parts, {most} at most: that is no table but a zip bomb",
        _NOT_TRUSTED,
    ),
    "memory": _refusal(
        "打开它要用的内存超过限额",
        "it needs more memory to open than a file may take",
        Text("请删去空白的行列和图片，或拆成几个文件分别导入", "remove empty rows, columns and pictures, or split it into several files"),
    ),
    "time": _refusal("{most} 秒内没能打开它", "it could not be opened within {most} seconds", _SPLIT),
    "spread": _refusal(
        "它只有 {cells} 个单元格，却铺到第 {rows} 行、第 {columns} 列：表格以外的远处有零星内容",
        "its {cells} cells reach to row {rows} and column {columns}: something stands far away from the table",
        Text(
            "请删去表格右边和下边的所有行列（选中后“删除”，不是清空），保存后再导入",
            "delete all columns to the right of the table and all rows below it (delete, not clear), save it, and bring it again",
        ),
    ),
    "rows": _refusal("它的行数超过 {most}", "it has more than {most} rows", _SPLIT),
    "columns": _refusal(
        "第 {row} 行有 {columns} 列，最多 {most} 列",
        "row {row} has {columns} columns, {most} at most",
        Text("请删去表格右边多余的列，保存后再导入", "delete the columns to the right of the table, save it, and bring it again"),
    ),
    "never_calculated": _refusal(
        "超过 {most} 个单元格只有公式、没有结果：这个文件从未被计算过",
        "more than {most} cells hold formulas without results: the file was never calculated",
        Text(
            "请用 Excel 打开并保存一次，或把公式“选择性粘贴”为数值，再导入",
            "open it in Excel and save it once, or paste the formulas as values, and bring it again",
        ),
    ),
    "utf16_unmarked": _refusal("它的文字编码是 UTF-16，但没有标记", "its text is in UTF-16 without a mark that says so", _SAVE_AS),
}
NOTES: dict[str, Text] = {
    "name": Text("名字像 {named}，内容是 {kind}；按内容读取", "its name says {named}, its content is {kind}; it was read as what it is"),
    "empty_rows": Text("工作表“{sheet}”里有 {empty} 个空行，已跳过", "{empty} empty rows of the sheet {sheet} were passed over"),
    "mixed": Text(
        "文件里混有两种文字编码：{rows} 行与其余的行不同，这些行不予接受",
        "two encodings are mixed in it: {rows} lines are in another one than the rest, and are not taken",
    ),
}
