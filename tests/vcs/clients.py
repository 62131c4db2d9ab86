"""The real programs under the names that these tests have for them."""

from kallithea_host.testing.programs import (
    AUTHOR,
    Files,
    Link,
    Script,
    copy,
)
from kallithea_host.testing.programs import GitProgram as GitClient
from kallithea_host.testing.programs import HgProgram as HgClient
from kallithea_host.testing.programs import VcsProgram as Client

__all__ = ["AUTHOR", "Client", "Files", "GitClient", "HgClient", "Link", "Script", "copy"]
