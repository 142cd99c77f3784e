// Before anything is drawn: the theme that was chosen here before.
document.documentElement.dataset.theme = localStorage.getItem("sandbox-theme") ?? "auto";
