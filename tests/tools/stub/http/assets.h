/* Addresses of assets for the template test: what assetc would generate. */
#pragma once
#define ASSET_URL_icons_svg "/assets/icons-0a1b2c3d.svg"
#define ASSET_URL_app_css "/assets/app-12345678.css"
