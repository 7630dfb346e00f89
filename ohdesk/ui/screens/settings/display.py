"""显示 and 语言: theme, size of type, width of columns, language; each applies at once."""

from ohdesk.i18n import NAMES, tr
from ohdesk.services.context import Context
from ohdesk.ui import preferences
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.preferences import LANGUAGE, SCALE, SYSTEM, THEME
from ohdesk.ui.screens.settings.section import Section


class DisplaySection(Section):
    """How the program looks on this computer."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, tr("显示"), tr("只影响这台电脑上的显示，改了立即生效。文书的版式不变。"))
        apply = self.display_changed.emit
        themes = {"light": tr("浅色"), "dark": tr("深色"), SYSTEM: tr("跟随系统")}
        about = tr("默认：{default}", default=themes[THEME.usual])
        self.add_choice("theme", tr("主题"), about, THEME, themes, apply)
        scales = {each: tr("{percent} %", percent=each) for each in SCALE.allowed}
        about = tr("默认：{default} %。也可以按 Ctrl + 加号、Ctrl + 减号。", default=SCALE.usual)
        self.add_choice("scale", tr("字号"), about, SCALE, scales, apply)
        self.columns = button(tr("恢复列宽(&K)"), act=self._forget_columns)
        self.add_row("columns", tr("列宽"), tr("各个列表记住了拖动过的列宽；恢复后都用默认宽度。"), self.columns)
        self.restore = button(tr("全部恢复默认(&D)"), act=self._restore)
        self.add_row("restore", tr("恢复默认"), tr("主题和字号改回默认，列宽不变。"), self.restore)
        self.column.addStretch(1)
        self.reload()

    def reload(self) -> None:
        self.columns.setEnabled(preferences.columns_are_remembered())
        self.restore.setEnabled((THEME.chosen, SCALE.chosen) != (THEME.usual, SCALE.usual))

    def _restore(self) -> None:
        THEME.choose(THEME.usual)
        SCALE.choose(SCALE.usual)
        self.display_changed.emit()

    def _forget_columns(self) -> None:
        preferences.forget_columns()
        self.display_changed.emit()


class LanguageSection(Section):
    """The language of the interface."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs, tr("语言"), tr("界面的语言；检查表和法定文书始终是中文。"))
        self.add_choice("language", tr("界面语言"), tr("默认：中文"), LANGUAGE, NAMES, self.display_changed.emit)
        self.column.addStretch(1)
