/** Starts the console. */
import { mount } from "svelte"
import "../../src/lib/fonts.css"
import "../../src/lib/style.css"
import App from "./App.svelte"

const target = document.getElementById("app")
if (target !== null) mount(App, { target })
