// Before the first paint: the theme that was chosen here, or else the system's.
try {
  const theme = localStorage.getItem('inseam-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is forbidden here: the system's theme it is.
}
