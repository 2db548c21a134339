//! A small index of our own: packages made on the spot, so that what resolves to what is the test's to say.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::runtime::tools;

/// Writes a wheel into a folder, as an index that both installers take packages from. `metadata` are lines such as
/// `Requires-Dist: other`.
pub(crate) fn wheel(folder: &Path, name: &str, version: &str, metadata: &[&str]) -> PathBuf {
    const CODE: &str = "
import sys, zipfile
path, name, version, *metadata = sys.argv[1:]
info = f'{name}-{version}.dist-info'
files = {
    f'{name}.py': f'VERSION = {version!r}\\n',
    f'{info}/METADATA': '\\n'.join(['Metadata-Version: 2.1', f'Name: {name}', f'Version: {version}', *metadata, '']),
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
}
record = ''.join(f'{it},,\\n' for it in files) + f'{info}/RECORD,,\\n'
with zipfile.ZipFile(path, 'w') as wheel:
    for file, text in {**files, f'{info}/RECORD': record}.items():
        wheel.writestr(zipfile.ZipInfo(file), text)
";
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(format!("{name}-{version}-py3-none-any.whl"));
    tools::run(
        Command::new(&tools::Python::all()[0].program)
            .args(["-c", CODE])
            .arg(&path)
            .args([name, version])
            .args(metadata),
    );
    path
}
